internal import LarkiveCore

/// `audit/open.jsonl`: the lines that are not sealed yet.
struct JournalFile: Sendable {
    static let name = "open.jsonl"

    let audit: Directory
    let file: File

    init(audit: Directory) throws(DiskError) {
        self.audit = audit
        file = try audit.file(Self.name, .appending)
        try audit.sync()
    }

    /// What can be believed of a journal: its longest valid prefix.
    struct Content {
        var lines: [AuditLine] = []
        var torn: [UInt8] = []

        var bytes: [UInt8] { lines.flatMap(\.bytes) }
    }

    /// Reads lines that continue the log after `size` records, the last of which has `leaf`.
    static func read(
        _ bytes: [UInt8],
        after size: Int64,
        leaf: TreeHash?
    ) -> Content {
        var content = Content()
        var (seq, previous, taken) = (size, leaf, 0)
        for slice in Lines(bytes) {
            guard let line = try? AuditLine(reading: Array(slice)), line.record.seq == seq,
                line.previous == previous
            else { break }
            content.lines.append(line)
            (seq, previous) = (seq + 1, line.leaf)
            taken += slice.count
        }
        content.torn = Array(bytes.dropFirst(taken))
        return content
    }

    /// Appends and makes durable: the commit point of everything that is recorded.
    func append(_ bytes: [UInt8]) throws(DiskError) {
        try file.write(bytes)
        try file.syncData()
    }

    /// Puts other content in its place, whole.
    func replaced(with bytes: [UInt8]) throws(DiskError) -> JournalFile {
        try audit.replace(Self.name, with: bytes)
        return try JournalFile(audit: audit)
    }
}
