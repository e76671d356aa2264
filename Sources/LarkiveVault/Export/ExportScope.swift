internal import LarkiveCore

/// Where something that nobody could list may have belonged to what was asked for.
package struct ExportScope: Sendable {
    private let source: String?
    private let message: String?
    private let kind: Kind
    /// Whether nothing but the source narrows the choice.
    private let isAll: Bool

    private enum Kind { case any, mail, task, nothing }

    /// For a choice by keys: all of it is known.
    package static let nothing = ExportScope()

    private init() {
        (source, message, kind, isAll) = (nil, nil, .nothing, false)
    }

    /// What a query leaves open, since of a message that was never read only source and id are known.
    package init(_ query: FileQuery) {
        let equal = query.equal
        let ofMail = ["mailbox", "message_id", "attachment_id"]
        let ofTasks = ["guid", "file_token"]
        let isMail =
            ofMail.contains { equal[$0] != nil } || query.containing["sender"] != nil
        let isTask =
            ofTasks.contains { equal[$0] != nil } || query.task != nil
        source = equal["source"] ?? equal["mailbox"].map { "mail:\($0)" }
        message = equal["message_id"]
        kind =
            query.onlyVanished || query.id != nil || (isMail && isTask)
            ? .nothing : isMail ? .mail : isTask ? .task : .any
        isAll = query.narrows(by: ["mailbox", "source"])
    }

    /// Whether a source was asked for with all that is in it.
    func covers(source name: String) -> Bool { isAll && includes(source: name) }

    func includes(source name: String) -> Bool {
        let isMail = name.hasPrefix("mail:")
        switch kind {
        case .nothing: return false
        case .mail where !isMail, .task where isMail: return false
        default: return source == nil || source == name
        }
    }

    func includes(message id: String, of name: String) -> Bool {
        includes(source: name) && (message == nil || message == id)
    }
}

extension FileQuery {
    /// Whether no filters but some of these are set.
    fileprivate func narrows(by columns: Set<String>) -> Bool {
        words.isEmpty && containing.isEmpty && task == nil && columns.isSuperset(of: equal.keys)
            && sha256Prefix == nil && after == nil && before == nil && minSize == nil
            && maxSize == nil && id == nil && !onlyVanished
    }
}
