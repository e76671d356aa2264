/// What to do about an answer that is a refusal.
enum Verdict: Equatable, Sendable {
    /// At once, within bounds.
    case again
    /// Not in this run.
    case later
    /// The same request will always get this answer.
    case never
    /// The run cannot go on.
    case fatal
    /// Somebody has to change something.
    case human
}

/// What a refusal says, as far as it can be known.
enum Meaning: Equatable, Sendable {
    case throttled, quota
    /// The token is refused, though it may only be too old.
    case token
    case credentials, scope, forbidden
    /// Permission or a fault of the platform: the documentation contradicts itself.
    case mayBePermission
    case notFound, mailboxMissing, badRequest
    case server, noAnswer, malformed, tooLarge, unexpected, interrupted
}

/// One line of the table of errors, without its key.
struct Decision: Equatable, Sendable {
    let verdict: Verdict
    let meaning: Meaning

    init(_ verdict: Verdict, _ meaning: Meaning) {
        self.verdict = verdict
        self.meaning = meaning
    }
}

/// Refusals and what to do about them, keyed on endpoint, HTTP status and code; never on words.
///
/// One number means different things on different pages, so an endpoint's own rows are keyed on
/// the triple. An unknown triple is decided by its status alone, and never as "not there": that
/// must be said in so many words.
enum ErrorTable {
    static func decision(_ endpoint: Endpoint, _ status: Int, _ code: Int64) -> Decision {
        anywhere(code) ?? row(endpoint, status, code) ?? otherwise(status)
    }

    /// For answers that are no envelope at all: pages of gateways, unknown paths.
    static func decision(notJSON status: Int) -> Decision {
        switch status {
        case 429: Decision(.again, .throttled)
        case 500...: Decision(.again, .server)
        case 200..<300: Decision(.again, .malformed)
        default: Decision(.never, .badRequest)
        }
    }

    /// Codes that mean the same on every endpoint.
    ///
    /// Source: the general codes of the call guide. Throttling comes as 429, 400 or even 200.
    private static func anywhere(_ code: Int64) -> Decision? {
        switch code {
        case 99_991_400: Decision(.again, .throttled)
        case 99_991_403: Decision(.fatal, .quota)
        // The first three of a tenant's token, the others of a user's.
        case 99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_677:
            Decision(.again, .token)
        case 99_991_672, 99_991_676, 99_991_679: Decision(.human, .scope)
        case 99_991_401, 99_991_543, 99_991_661, 99_991_662, 99_991_669, 99_991_671,
            99_991_673:
            Decision(.human, .credentials)
        case 99_992_402: Decision(.never, .badRequest)
        default: nil
        }
    }

    private static func row(_ endpoint: Endpoint, _ status: Int, _ code: Int64) -> Decision? {
        switch (endpoint, status, code) {
        // 10003, 10014, 10015 and others, mostly under HTTP 200.
        case (.tenantToken, 200..<500, _): Decision(.human, .credentials)
        // Source: the pages on getting and refreshing a user_access_token; these two are the
        // only ones to ask again after.
        case (.userToken, 500, 20_050), (.userToken, 503, 20_072): Decision(.again, .server)
        case (.userToken, 429, _): Decision(.again, .throttled)
        case (.userToken, 200..<500, _): Decision(.human, .credentials)
        case (.userToken, _, _): Decision(.later, .server)
        case (.accessibleMailboxes, 400, 1_230_001), (.accessibleMailboxes, 400, 1_230_005):
            Decision(.never, .badRequest)
        // Missing, not to be asked, or no access: one code for all.
        case (.accessibleMailboxes, 403, 1_230_004): Decision(.human, .forbidden)
        case (.accessibleMailboxes, 500, 1_230_003): Decision(.again, .server)
        case (.folders, 400, 1_230_001), (.messages, 400, 1_230_001): Decision(.never, .badRequest)
        case (.folders, 403, 1_230_002), (.messages, 403, 1_230_002): Decision(.human, .forbidden)
        case (.folders, 500, 1_230_003), (.messages, 500, 1_230_003): Decision(.again, .server)
        case (.message, 404, 1_235_013): Decision(.never, .mailboxMissing)
        case (.message, 404, 1_234_034): Decision(.never, .notFound)
        case (.message, 400, 1_234_008): Decision(.never, .badRequest)
        case (.message, 403, 1_234_017): Decision(.human, .forbidden)
        case (.batchGet, 400, 1_230_001): Decision(.never, .badRequest)
        case (.batchGet, 400, 1_230_003): Decision(.never, .mailboxMissing)
        case (.batchGet, 500, 1_230_004): Decision(.again, .server)
        case (.batchGet, 403, 1_230_005): Decision(.human, .forbidden)
        case (.batchGet, 400, 1_230_006): Decision(.never, .notFound)
        case (.downloadURL, 400, 1_230_001): Decision(.never, .badRequest)
        // The page of this endpoint calls 500/1230003 "no permission" and 403/1230002 "internal
        // error"; all other pages have it the other way round.
        case (.downloadURL, 403, 1_230_002), (.downloadURL, 500, 1_230_003):
            Decision(.again, .mayBePermission)
        case (_, 400, 1_470_400): Decision(.never, .badRequest)
        case (_, 403, 1_470_403): Decision(.human, .forbidden)
        case (_, 404, 1_470_404): Decision(.never, .notFound)
        case (_, 500, 1_470_500): Decision(.again, .server)
        default: nil
        }
    }

    private static func otherwise(_ status: Int) -> Decision {
        switch status {
        case 401: Decision(.human, .credentials)
        case 403: Decision(.human, .forbidden)
        case 408: Decision(.again, .server)
        case 429: Decision(.again, .throttled)
        case 400..<500: Decision(.never, .badRequest)
        case 500...: Decision(.again, .server)
        default: Decision(.later, .unexpected)
        }
    }
}
