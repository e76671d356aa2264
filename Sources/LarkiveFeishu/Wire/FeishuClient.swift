import LarkiveCore

/// One call in, one decoded `data` out, with a token that is renewed when it must be.
struct FeishuClient: Sendable {
    private let courier: Courier
    private let token: AccessToken

    init(_ courier: Courier, _ app: AppCredentials) {
        self.courier = courier
        token = AccessToken(app, courier)
    }

    /// A token may die before its time: it is dropped, fetched once and the call repeated once.
    func answer(to call: FeishuCall) async throws(FeishuError) -> FeishuAnswer {
        let first = try await token.current()
        do {
            return try await courier.answer(to: call, token: first)
        } catch let error where error.meaning == .token {
            await token.drop(first)
        }
        let second = try await token.current()
        do {
            return try await courier.answer(to: call, token: second)
        } catch let error where error.meaning == .token {
            throw error.decided(.human, .credentials)
        }
    }
}
