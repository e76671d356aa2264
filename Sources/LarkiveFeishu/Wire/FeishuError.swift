import LarkiveCore

/// A call that did not succeed, with what the platform said and what to do about it.
struct FeishuError: Error, Equatable, Sendable {
    let endpoint: Endpoint
    /// Nil when there was no answer.
    let status: Int?
    /// Nil when the answer was no envelope.
    let code: Int64?
    let msg: String
    let logID: String?
    let decision: Decision

    var verdict: Verdict { decision.verdict }
    var meaning: Meaning { decision.meaning }

    init(
        _ endpoint: Endpoint,
        status: Int? = nil,
        code: Int64? = nil,
        _ msg: String,
        logID: String? = nil,
        _ decision: Decision
    ) {
        self.endpoint = endpoint
        self.status = status
        self.code = code
        self.msg = msg
        self.logID = logID
        self.decision = decision
    }
}

extension FeishuError {
    init(_ endpoint: Endpoint, _ error: TransportError) {
        let decision =
            switch error.kind {
            case .noAnswer, .cut, .silent: Decision(.again, .noAnswer)
            case .tooLarge: Decision(.never, .tooLarge)
            case .cancelled: Decision(.never, .interrupted)
            }
        self.init(endpoint, error.words, decision)
    }

    static func interrupted(_ endpoint: Endpoint) -> FeishuError {
        FeishuError(endpoint, "interrupted", Decision(.never, .interrupted))
    }

    /// An answer with code 0 that lacks what it must hold.
    static func malformed(_ endpoint: Endpoint, _ words: String) -> FeishuError {
        FeishuError(endpoint, status: 200, words, Decision(.again, .malformed))
    }

    /// The same refusal, decided otherwise.
    func decided(_ verdict: Verdict, _ meaning: Meaning) -> FeishuError {
        FeishuError(
            endpoint,
            status: status,
            code: code,
            msg,
            logID: logID,
            Decision(verdict, meaning)
        )
    }
}

extension FeishuError: CustomStringConvertible {
    /// `download_url: HTTP 403, code 1230002: no permission (log id 2026…)`.
    var description: String {
        let facts = [status.map { "HTTP \($0)" }, code.map { "code \($0)" }].compactMap { $0 }
        let words = [endpoint.rawValue, facts.joined(separator: ", "), msg].filter { !$0.isEmpty }
        return words.joined(separator: ": ") + (logID.map { " (log id \($0))" } ?? "")
    }
}

extension FeishuError {
    /// What somebody could do about it.
    var hint: String? {
        switch (meaning, code) {
        case (.credentials, 99_991_401):
            "add this machine's address to the app's list of allowed addresses"
        case (.credentials, 99_991_662), (.credentials, 99_991_673):
            "the app is switched off or not installed: see the developer console"
        case (.credentials, _) where endpoint == .userToken: userTokenHint
        case (.credentials, 99_991_668), (.credentials, 99_991_669), (.credentials, 99_991_677):
            "log in again: larkive login"
        case (.scope, 99_991_679):
            "the user has to agree to \(endpoint.row.scope ?? "the scope"): larkive login"
        case (.credentials, _), (.token, _): Self.credentialsHint
        case (.scope, _): "grant the app \(endpoint.row.scope ?? "the scope"), then publish it"
        case (.forbidden, _), (.mayBePermission, _): forbiddenHint
        case (.quota, _): "raise the tenant's quota of API calls, or wait for the next month"
        case (.notFound, _), (.mailboxMissing, _):
            "take it out of the config if it is no more; else give the app access to it again"
        case (.noAnswer, _): "check feishu.base_url and the way to the network"
        default: nil
        }
    }

    private static let credentialsHint =
        "check feishu.app_id and feishu.app_secret_file, and that feishu.base_url is the brand of "
        + "the app: open.feishu.cn or open.larksuite.com"

    /// Source: the pages on getting and refreshing a user_access_token.
    private var userTokenHint: String {
        switch code {
        case 20_002, 20_024, 20_048: Self.credentialsHint
        case 20_009, 20_010, 20_069:
            "make the app available to this user in the developer console, then: larkive login"
        case 20_068: "grant the app the scopes that it asks for, then: larkive login"
        case 20_071: "register the redirect URL in the developer console, under Security Settings"
        case 20_074: "allow refreshing of user_access_token in the console, then: larkive login"
        default: "log in again: larkive login"
        }
    }

    private var forbiddenHint: String {
        let scope = endpoint.row.scope ?? "its scopes"
        switch endpoint {
        case .tasklistTasks, .myTasks, .task, .subtasks, .taskAttachments, .taskAttachment:
            return "add the app to the tasklist or task as a member, and check \(scope)"
        default:
            return "check that the mailbox exists, that the app's mail data permission covers it, "
                + "and that it has \(scope)"
        }
    }
}
