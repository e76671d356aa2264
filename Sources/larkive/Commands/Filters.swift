import ArgumentParser
import LarkiveCore
import LarkiveVault

/// The filters of `find`.
struct Filters: ParsableArguments {
    @Option(parsing: .unconditional, help: "Part of the file name.") var name: String?
    @Option(parsing: .unconditional, help: "Part of the sender's address or name.")
    var from: String?
    @Option(help: "The mailbox, by its address.") var mailbox: String?
    @Option(parsing: .unconditional, help: "Part of the task's summary, or its guid.")
    var task: String?
    @Option(parsing: .unconditional, help: "The message id.") var message: String?
    @Option(parsing: .unconditional, help: "The attachment id of mail.") var attachment: String?
    @Option(parsing: .unconditional, help: "The guid of a task attachment.") var guid: String?
    @Option(parsing: .unconditional, help: "The file token of a task attachment.")
    var fileToken: String?
    @Option(help: "The SHA-256, or its first digits.") var sha256: String?
    @Option(help: "Sent or uploaded on this day or later: 2026, 2026-03, 2026-03-05 or 7d.")
    var after: String?
    @Option(help: "Sent or uploaded before this day.") var before: String?
    @Option(help: "At least this many bytes: 500, 20K, 3M.") var minSize: String?
    @Option(help: "At most this many bytes.") var maxSize: String?
    @Option(help: "The source, like mail:a@corp.example.") var source: String?
    @Flag(help: "Only what is no longer in Feishu.") var vanished = false

    /// Whether anything is asked for.
    var isGiven: Bool { vanished || !given.isEmpty }

    private var given: [(option: String, text: String)] {
        [
            ("--name", name), ("--from", from), ("--mailbox", mailbox), ("--task", task),
            ("--message", message), ("--attachment", attachment), ("--guid", guid),
            ("--file-token", fileToken), ("--sha256", sha256), ("--after", after),
            ("--before", before), ("--min-size", minSize), ("--max-size", maxSize),
            ("--source", source),
        ].compactMap { option, text in text.map { (option, $0) } }
    }

    func query() throws(UsageError) -> FileQuery {
        try refuseEmpty()
        var query = FileQuery()
        query.containing["name"] = name
        query.containing["sender"] = from
        query.equal["mailbox"] = mailbox?.lowercased()
        query.equal["message_id"] = message
        query.equal["attachment_id"] = attachment
        query.equal["guid"] = guid
        query.equal["file_token"] = fileToken
        query.equal["source"] = source.map(Self.sourceName)
        query.task = task
        if let sha256 { query.sha256Prefix = try Self.digest(sha256) }
        if let after { query.after = try Self.day(after, "--after") }
        if let before { query.before = try Self.day(before, "--before") }
        try Self.refuseNoTime(from: query.after, to: query.before)
        if let minSize { query.minSize = try Self.size(minSize, "--min-size") }
        if let maxSize { query.maxSize = try Self.size(maxSize, "--max-size") }
        try Self.refuseNoSize(from: query.minSize, to: query.maxSize)
        query.onlyVanished = vanished
        return query
    }

    /// Each that is given must say something.
    func refuseEmpty() throws(UsageError) {
        for (option, text) in given { try Self.refuseNothing(text, option) }
    }

    private static func refuseNoTime(
        from after: Timestamp?,
        to before: Timestamp?
    ) throws(UsageError) {
        guard let after, let before, after >= before else { return }
        throw UsageError(
            "nothing can match: --after begins when --before has ended, or later",
            hint: "--after is the first day, --before the one after the last"
        )
    }

    private static func refuseNoSize(from least: Int64?, to most: Int64?) throws(UsageError) {
        guard let least, let most, least > most else { return }
        throw UsageError(
            "nothing can match: --min-size is more than --max-size",
            hint: "give the smaller number to --min-size"
        )
    }

    /// A shell variable that is empty by mistake must not mean everything.
    static func refuseNothing(_ text: String, _ what: String) throws(UsageError) {
        guard FileQuery.saysNothing(text) else { return }
        throw UsageError(
            "\(what) is empty, or has nothing that could be looked for",
            hint: "give it a text, or leave it out"
        )
    }

    /// Addresses are told without regard to case, as with `--mailbox`.
    private static func sourceName(_ text: String) -> String {
        let folded = text.lowercased()
        return folded.hasPrefix("mail:") ? folded : text
    }

    static func withoutPrefix(_ text: String) -> String {
        text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    }

    private static func digest(_ text: String) throws(UsageError) -> String {
        let digits = withoutPrefix(text.lowercased())
        guard !digits.isEmpty, digits.utf8.count <= 64,
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw UsageError(
                "--sha256: `\(text)` is no SHA-256",
                hint: "write its hex digits, the first of them or all 64"
            )
        }
        return digits
    }

    private static func day(_ text: String, _ option: String) throws(UsageError) -> Timestamp {
        guard let time = DayText(text)?.beginning(now: SystemClock().now()) else {
            throw UsageError(
                "\(option): `\(text)` is no date",
                hint: "write 2026, 2026-03, 2026-03-05, or 7d for seven days ago"
            )
        }
        return time
    }

    private static func size(_ text: String, _ option: String) throws(UsageError) -> Int64 {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = text.uppercased().last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard let number = Int64(digits), number >= 0,
            case let (bytes, hasOverflown) = number.multipliedReportingOverflow(by: unit ?? 1),
            !hasOverflown
        else {
            throw UsageError("\(option): `\(text)` is no size", hint: "write 500, 20K, 3M or 1G")
        }
        return bytes
    }
}
