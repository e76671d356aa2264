// What single walks, refusals and stops add to the report of a run: conditions, and words for people.

extension WalkReport {
    var conditions: Set<Condition> {
        var conditions: Set<Condition> = []
        if isBlind { conditions.insert(.blind) }
        if broken != nil { conditions.insert(.breaker) }
        if let condition = failure?.kind.condition { conditions.insert(condition) }
        return conditions.union(unreadable.compactMap(\.kind.partCondition))
    }

    /// What could not be seen of the source, in words, with what to do about it.
    var unseen: [String] {
        let blind =
            "the platform shows no bodies and no attachments; grant the app the scope "
            + "mail:user_mailbox.message.body:read"
        return [failure?.words, isBlind ? blind : nil, broken?.words(of: name)].compactMap { $0 }
            + unreadable.map(\.words)
    }

    var coverageCounts: JSONObject {
        guard name.isMail else { return [:] }
        return [
            "folders": JSON(coverage?.walked.count ?? 0),
            "left_out": JSON(coverage?.leftOut.count ?? 0),
        ]
    }

    var coverageNames: JSONObject {
        guard name.isMail, let coverage else { return [:] }
        return [
            "folders": .array(coverage.walked.map { .string($0.id.rawValue) }),
            "left_out": .array(coverage.leftOut.map { .string($0.id.rawValue) }),
        ]
    }
}

extension BrokenListing {
    func words(of name: SourceName) -> String {
        "\(absence.missed) of \(absence.live) attachments are listed no more, all at once; nothing "
            + "was marked as gone; if it is true: larkive sync --accept-vanish \(name)"
    }
}

extension StopCause {
    var conditions: Set<Condition> {
        switch self {
        case .signal: []
        case .limit: [.limit]
        case .quota: [.quota]
        case .credentials: [.credentials]
        }
    }

    var words: String? {
        switch self {
        case .signal: nil
        case .limit(let words): "\(words): the run ended, the next one goes on"
        case .quota: "the tenant's monthly quota of API calls is used up: the run ended"
        case .credentials(let words): words
        }
    }
}

extension SourceError {
    /// What happened and what to do about it, in one line.
    var words: String { detail + (hint.map { "; \($0)" } ?? "") }
}

extension SourceError.Kind {
    /// Nil for a walk that was stopped: the reason for the stop is the condition.
    var condition: Condition? {
        switch self {
        case .stopped: nil
        case .credentials: .credentials
        case .forbidden: .sourceForbidden
        case .gone: .sourceGone
        case .quota: .quota
        case .unreachable, .temporary, .incomplete: .walkIncomplete
        }
    }

    /// The condition of a source of which only a part is out of sight.
    var partCondition: Condition? { self == .gone ? .walkIncomplete : condition }
}
