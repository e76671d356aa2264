import LarkiveCore
import LarkiveTesting

@testable import LarkiveVault

/// A manifest that a seed fills by records, as runs would, beside a plain model of what is in it.
struct SampleCatalogue {
    /// What is known of one attachment.
    struct Entry {
        let number: Int64
        let key: AttachmentKey
        var sources: Set<Int64>
        var contents: [Content]
        var isVanished = false
        /// Mail: the message; tasks: the task.
        let parent: Int
        let uploaded: Int64?
    }

    struct Content {
        let name: String
        var size: Int64?
        var digest: String?
    }

    struct Parent {
        let id: String
        let source: Int64
        var isDraft = false
        var subject: String?
        var sender: String?
        var senderName: String?
        var date: Int64?
        var summary: String?
        var entries: [Int] = []
    }

    let manifest: SQLiteManifest
    var entries: [Entry] = []
    var parents: [Parent] = []
    var random: SeededGenerator
    private var seq: Int64 = 0
    var waiting: [AuditEvent] = []
    /// What files are called, where that is not left to chance.
    var names: [String] = []

    static let mailSources: ClosedRange<Int64> = 1...3
    static let taskSources: ClosedRange<Int64> = 4...5

    static func name(of source: Int64) -> String {
        mailSources.contains(source) ? "mail:box\(source)@corp.example" : "tasklist:l\(source)"
    }

    init(seed: UInt64, indexed: Bool = true) throws {
        random = SeededGenerator(seed: seed)
        manifest = try SQLiteManifest(at: ":memory:", walk: nil, durable: false)
        if indexed { try manifest.makeSearchIndex() }
        for source in Self.mailSources.lowerBound...Self.taskSources.upperBound {
            let name = JSON.string(Self.name(of: source))
            waiting.append(
                AuditEvent(.sourceAdded, ["source": .integer(source)], hidden: ["name": name])
            )
        }
        try commit()
    }

    /// Folds what has happened since, in one transaction.
    mutating func commit(with last: AuditEvent? = nil) throws {
        if let last { waiting.append(last) }
        let records = waiting.enumerated().map { offset, event in
            AuditRecord(seq: seq + Int64(offset), time: .epoch, run: .rehearsal, event: event)
        }
        seq += Int64(waiting.count)
        waiting = []
        try manifest.apply(records)
    }

    /// Folds it and takes it back.
    func rehearse() throws { try manifest.rehearse(waiting) }

    /// One thing happens.
    mutating func step() throws {
        switch pick(20) {
        case 0...5: try addMessage()
        case 6...8: try addTask()
        case 9...12: hold()
        case 13: try examineAgain()
        case 14, 15: try change()
        case 16: try sight()
        case 17: try rename()
        default: vanishOrReturn()
        }
    }

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}
