import LarkiveCore

/// Why one try to download failed, and what might help.
struct Trouble: Error, Equatable, Sendable {
    enum Cure: Equatable, Sendable {
        /// Another try, of so many in all.
        case again(tries: Int)
        /// Only another link.
        case newLink
        case none
    }

    let cure: Cure
    let error: FetchError
    /// What the host asked to wait, if anything.
    var pause: Duration?

    init(_ cure: Cure, _ reason: FailureReason, _ detail: String) {
        self.cure = cure
        error = FetchError(reason, detail)
    }
}

extension Trouble {
    /// A body that is wrong once may be right the second time, but seldom the third.
    static func wrongBody(_ reason: FailureReason, _ detail: String) -> Trouble {
        Trouble(.again(tries: 2), reason, detail)
    }

    static func passing(_ reason: FailureReason, _ detail: String) -> Trouble {
        Trouble(.again(tries: 4), reason, detail)
    }

    static func badLink(_ link: BadLink) -> Trouble { Trouble(.none, .badLink, link.words) }

    static func store(_ error: StoreError) -> Trouble {
        switch error.kind {
        case .noSpace: Trouble(.none, .noSpace, error.detail)
        case .notWritable, .io, .damaged: Trouble(.none, .notWritable, error.detail)
        }
    }

    /// What a status other than 200 says about the link.
    ///
    /// What a dead link answers is not documented; it never means that the attachment is gone.
    static func status(_ status: Int, _ headers: HeaderLines) -> Trouble {
        let words = "the link answers HTTP \(status)"
        switch status {
        case 400, 401, 403, 404, 410: return Trouble(.newLink, .linkDead, words)
        case 429:
            var trouble = Trouble.passing(.throttled, words)
            trouble.pause = ThrottleTime(headers).length
            return trouble
        case 408, 500...: return .passing(.serverError, words)
        default: return Trouble(.none, .badAnswer, words)
        }
    }
}

extension FetchError {
    /// A call for a link that was refused.
    init(_ error: FeishuError) {
        let reason: FailureReason =
            switch error.meaning {
            case .throttled: .throttled
            case .quota: .quota
            case .token, .credentials: .credentials
            case .scope, .forbidden: .forbidden
            case .mayBePermission: .mayBePermission
            case .notFound, .mailboxMissing: .notFound
            case .server: .serverError
            case .noAnswer: .connection
            case .badRequest, .malformed, .tooLarge, .unexpected: .badAnswer
            case .interrupted: .interrupted
            }
        self.init(reason, error.description)
    }
}
