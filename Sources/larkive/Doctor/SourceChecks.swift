import LarkiveCore
import LarkiveFeishu

/// What a look at a source means, in words and with what to do.
struct SourceChecks {
    private static let bodyScope = "mail:user_mailbox.message.body:read"

    let look: SourceLook

    var all: [Check] {
        look.failures.filter { $0.kind != .credentials }.map {
            Check("reach", subject, failing: $0)
        }
            + [reach, proof, hidden].compactMap { $0 }
    }

    private var subject: String { look.source.description }

    private var reach: Check? {
        guard look.isReachable else { return nil }
        return .ok(
            "reach",
            subject,
            [folders, items, newest].compactMap { $0 }.joined(separator: "; ")
        )
    }

    private var folders: String? {
        guard !look.folders.isEmpty else { return nil }
        let names = look.folders.prefix(10).map { $0.name.isEmpty ? $0.id.rawValue : $0.name }
        let rest = look.folders.count > 10 ? ", ..." : ""
        let count = Figures.count(Int64(look.folders.count), "folder", "folders")
        return "\(count) (\(names.joined(separator: ", "))\(rest))"
    }

    private var items: String {
        let count = Int64(look.items ?? 0)
        let isMail = look.source.isMail
        let words = Figures.count(count, isMail ? "message" : "task", isMail ? "messages" : "tasks")
        return "\(words)\(look.hasMore ? " on the first page, and more" : " seen")"
    }

    private var newest: String? { look.newest.map { "the newest of them from \($0)" } }

    private var proof: Check? {
        switch look.proof {
        case .proven:
            let what = look.source.isMail ? "message" : "task"
            return .ok("scopes", subject, "proven by \(what) \(look.canary ?? "")")
        case .blind:
            let looked = Figures.count(Int64(look.examined), "message", "messages")
            return .fail(
                "scopes",
                subject,
                "attachments would look empty: none of \(looked) shows a body or attachments "
                    + "(the last was \(look.canary ?? ""))",
                hint: Self.grant(Self.bodyScope),
                .human
            )
        case .notYet:
            guard look.failures.isEmpty else { return nil }
            let what = look.source.isMail ? "message" : "task"
            return .warn(
                "scopes",
                subject,
                "cannot be proven yet: there is no \(what) to try it with",
                hint: nil
            )
        }
    }

    /// The archive would be whole, and harder to search.
    private var hidden: Check? {
        guard look.proof == .proven, !look.hiddenBy.isEmpty else { return nil }
        let isSubject = look.hiddenBy.contains { $0.contains("subject") }
        let isSender = look.hiddenBy.contains { $0.contains("address") }
        let what = [isSubject ? "subjects" : nil, isSender ? "senders" : nil].compactMap { $0 }
        return .warn(
            "scopes",
            subject,
            "\(what.joined(separator: " and ")) would be missing",
            hint: Self.grant(look.hiddenBy.joined(separator: " and "))
        )
    }

    private static func grant(_ scopes: String) -> String {
        "in the developer console, under permissions & scopes, grant \(scopes), then publish a version"
    }
}

extension SourceLook {
    var json: JSON {
        .object([
            "source": .string(source.description), "reachable": .bool(isReachable),
            "proven": .bool(proof == .proven), "proof": .string(proof.rawValue),
            "canary": canary.map(JSON.string),
            "folders": .array(folders.map { .string($0.id.rawValue) }),
            "newest": newest.map { .string($0.description) },
            "estimated_items": items.map { JSON($0) }, "more": .bool(hasMore),
        ])
    }
}
