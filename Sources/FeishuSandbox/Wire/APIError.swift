/// A refusal in Feishu's envelope: HTTP status, code and words.
struct APIError: Error, Equatable {
    let status: Int
    let code: Int64
    let message: String
    var headers: [Header] = []
    /// Names of missing scopes, for `permission_violations`.
    var missingScopes: [String] = []

    init(_ status: Int, _ code: Int64, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}

extension APIError {
    /// The form in which an endpoint refuses: those that hand out tokens are flat.
    func answer(_ logID: String, at endpoint: Endpoint) -> Answer {
        switch endpoint {
        case .userToken:
            let error = status >= 500 ? "server_error" : "invalid_grant"
            return OAuthError(code, error, message).answer(status: status, logID: logID)
        case .tenantToken:
            return .json(status, ["code": .int(code), "msg": .string(message)], logID: logID)
        default: return answer(logID: logID)
        }
    }

    /// The envelope of the call guide's page on answers; `data` is absent.
    func answer(logID: String) -> Answer {
        var error: WireJSON = [
            "log_id": .string(logID),
            "troubleshooter": "see the endpoint's page for code \(code)",
        ]
        if !missingScopes.isEmpty { error.append("permission_violations", violations) }
        let envelope: WireJSON = ["code": .int(code), "msg": .string(message), "error": error]
        var answer = Answer.json(status, envelope, logID: logID)
        answer.headers += headers
        return answer
    }

    private var violations: WireJSON {
        .array(
            missingScopes.map {
                ["type": "action_scope_required", "subject": .string($0), "description": ""]
            }
        )
    }
}

/// Refusals of the gateway, before an endpoint is asked.
///
/// Source: the general codes of the call guide.
///
/// Faults of authorization are HTTP 400.
extension APIError {
    static let noToken = APIError(400, 99_991_661, "Missing access token for authorization.")
    static let badTenantToken = APIError(400, 99_991_663, "Invalid access token for authorization.")
    static let badUserToken = APIError(400, 99_991_668, "Invalid access token for authorization.")
    static let expiredUserToken = APIError(400, 99_991_677, "Authentication token expired.")
    static let badTokenKind = APIError(400, 99_991_671, "Invalid access token: no t- or u- prefix.")

    static func lacksScope(_ scope: World.Scope) -> APIError { needs(scope, 99_991_672) }

    static func notGranted(_ scope: World.Scope) -> APIError { needs(scope, 99_991_679) }

    private static func needs(_ scope: World.Scope, _ code: Int64) -> APIError {
        let names = scope.names.joined(separator: ", ")
        var error = APIError(
            400,
            code,
            "Access denied. One of the following scopes is required: [\(names)]."
        )
        error.missingScopes = scope.names
        return error
    }

    /// Source: the page on rate limits; `reset` is a number of seconds to wait.
    static func throttled(_ refusal: RateWindows.Refusal, _ quirks: World.Quirks) -> APIError {
        var error = APIError(quirks.throttleStatus, 99_991_400, "request trigger frequency limit")
        let whole = String(refusal.wait.wholeSeconds)
        error.headers = [Header("x-ogw-ratelimit-limit", String(refusal.limit))]
        switch quirks.throttleWait {
        case .seconds: error.headers.append(Header("x-ogw-ratelimit-reset", whole))
        case .fractional:
            let seconds = Double(max(1, refusal.wait.milliseconds)) / 1000
            error.headers.append(Header("x-ogw-ratelimit-reset", "\(seconds)"))
        case .retryAfter: error.headers = [Header("Retry-After", whole)]
        case .untold: error.headers = []
        }
        return error
    }
}

/// Refusals of the mail endpoints; one number means different things on different pages.
extension APIError {
    static let meNeedsUser = APIError(400, 1_230_005, "'me' needs a user_access_token")
    static let noSuchMailboxHere = APIError(403, 1_230_004, "no permission")
    static let messageMissing = APIError(404, 1_234_034, "message not found")
    static let batchMessageMissing = APIError(400, 1_230_006, "message not found")

    static func badMailParameter(_ endpoint: Endpoint, _ why: String) -> APIError {
        APIError(400, endpoint == .message ? 1_234_008 : 1_230_001, "param error: \(why)")
    }

    /// The pages of folders, list and links have no row for a missing mailbox.
    static func mailboxMissing(_ endpoint: Endpoint) -> APIError {
        switch endpoint {
        case .message: APIError(404, 1_235_013, "mailbox not found")
        case .batchGet: APIError(400, 1_230_003, "mailbox not found")
        default: APIError(403, 1_230_002, "no permission")
        }
    }

    static func mailboxForbidden(_ endpoint: Endpoint) -> APIError {
        switch endpoint {
        case .message: APIError(403, 1_234_017, "no permission")
        case .batchGet: APIError(403, 1_230_005, "no permission")
        default: APIError(403, 1_230_002, "no permission")
        }
    }
}

/// Refusals of the task endpoints, the same on every page.
extension APIError {
    static let taskMissing = APIError(404, 1_470_404, "resource not found or deleted")
    static let taskForbidden = APIError(403, 1_470_403, "no permission")

    static func badTaskParameter(_ why: String) -> APIError {
        APIError(400, 1_470_400, "invalid parameter: \(why)")
    }
}
