import LarkiveCore

/// One call in, one decoded `data` out, with a token that is renewed when it must be.
struct FeishuClient: Sendable {
    private let courier: Courier
    private let token: AccessToken

    init(_ courier: Courier, _ issuer: any TokenIssuer) {
        self.courier = courier
        token = AccessToken(issuer, courier.ticker)
    }

    /// A token may die before its time: it is dropped, fetched once and the call repeated once.
    func answer(to call: FeishuCall) async throws(FeishuError) -> FeishuAnswer {
        let first = try await token.current(for: call.endpoint)
        do {
            return try await courier.answer(to: call, token: first)
        } catch let error where error.meaning == .token {
            await token.drop(first)
        }
        let second = try await token.current(for: call.endpoint)
        do {
            return try await courier.answer(to: call, token: second)
        } catch let error where error.meaning == .token {
            let refusal = error.decided(.human, .credentials)
            await token.giveUp(on: call.endpoint, refusal)
            throw refusal
        }
    }
}
