import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditLogCommand: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Print the records, oldest first, one JSON object per line.",
        discussion: """
            Every filter must match; of one that is given several times, one of its values. \
            TIME is 2026, 2026-03, 2026-03-05 or 2026-03-05T06:07:08.000Z, in UTC, or 7d for \
            seven days ago.
            """
    )

    @OptionGroup var options: CommonOptions
    @Option(help: ArgumentHelp("Records written then or later.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Records written before.", valueName: "time")) var until: String?
    @Option(help: "Records of this type, like attachment.held.") var type: [String] = []
    @Option(help: "Records that name this source, like mail:a@corp.example.")
    var source: [String] = []
    @Option(help: ArgumentHelp("Records that name this attachment.", valueName: "key"))
    var attachment: [String] = []
    @Flag(help: "Print the private parts as well: names, addresses, ids.") var `private` = false
    @Flag(help: "Print one JSON object per line (the only form).") var json = false

    func run() async throws {
        let world = try World.live(options)
        _ = try ReadingVault.identity(at: world.config.archive)
        let filter = try filter(world)
        var check = try AuditCheck(at: world.auditFolder)
        try check.run { record in
            if filter.matches(record) { Terminal.print(record.json(withPrivate: `private`)) }
        }
        let errors = check.findings.filter(\.code.isError)
        for finding in errors {
            Terminal.complain("\(finding.subject): \(finding.detail)", hint: nil)
        }
        if !errors.isEmpty { throw Stop(code: .audit) }
    }

    private func filter(_ world: World) throws -> RecordFilter {
        var filter = RecordFilter()
        filter.since = try since.map { try Self.time($0, "--since") }
        filter.until = try until.map { try Self.time($0, "--until") }
        for word in type where RecordType(rawValue: word) == nil {
            throw UsageError(
                "--type: there are no records of type `\(word)`",
                hint: "the types are: "
                    + RecordType.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        filter.types = Set(type.compactMap(RecordType.init(rawValue:)))
        guard !source.isEmpty || !attachment.isEmpty else { return filter }
        let manifest = try world.reading().manifest
        let sources = try manifest.numbers().sources
        filter.sources = Set(try source.map { try Self.number(of: $0, sources) })
        let rows = try attachment.flatMap { try KeyArgument($0).rows(in: manifest) }
        filter.attachments = rows.map(\.id)
        filter.objects = Set(try manifest.contents(of: rows.map(\.id)).map(\.hex))
        return filter
    }

    private static func number(of name: String, _ known: [SourceName: Int64]) throws -> Int64 {
        if let found = known.first(where: { $0.key.description == name }) { return found.value }
        throw UsageError(
            "--source: the archive knows no `\(name)`",
            hint: "known are: " + known.keys.map(\.description).sorted().joined(separator: ", ")
        )
    }

    static func time(_ text: String, _ option: String) throws(UsageError) -> Timestamp {
        let day = DayText(text)?.beginningInUTC(now: SystemClock().now())
        if let time = Timestamp(text) ?? day { return time }
        throw UsageError(
            "\(option): `\(text)` is no time",
            hint: "write 2026, 2026-03, 2026-03-05, 2026-03-05T06:07:08.000Z, or 7d for seven days "
                + "ago"
        )
    }
}

/// Which records are printed.
struct RecordFilter {
    var since: Timestamp?
    var until: Timestamp?
    var types: Set<RecordType> = []
    var sources: Set<Int64> = []
    var attachments: [Int64] = []
    /// The digests of all contents of these.
    var objects: Set<String> = []

    func matches(_ record: AuditRecord) -> Bool {
        let event = record.event
        if let since, record.time < since { return false }
        if let until, record.time >= until { return false }
        if !types.isEmpty, !types.contains(event.type) { return false }
        if !sources.isEmpty {
            guard let number = event.record["source"]?.integer, sources.contains(number)
            else { return false }
        }
        if event.type.isOfObject, let digest = event.record["sha256"]?.string,
            objects.contains(digest)
        {
            return true
        }
        return attachments.isEmpty || attachments.contains { names($0, event) }
    }

    /// By its number, in a range of new numbers, in a list, or in a listing that has it again.
    private func names(_ attachment: Int64, _ event: AuditEvent) -> Bool {
        if event.record["attachment"]?.integer == attachment { return true }
        if let listed = event.record["attachments"]?.array {
            return listed.contains(.integer(attachment))
        }
        guard let first = event.record["first"]?.integer,
            let count = event.record["attachments"]?.integer
        else { return false }
        return (first..<(first + count)).contains(attachment)
            || event.listedAgain(attachment) != nil
    }
}

extension AuditRecord {
    fileprivate func json(withPrivate: Bool) -> JSON {
        var object: JSONObject = [
            "seq": .integer(seq), "time": .string(time.description),
            "run": .string(run.rawValue), "type": .string(event.type.rawValue),
        ]
        for member in event.record.members { object.append(member.name, member.value) }
        if withPrivate { object.append("private", .object(event.hidden)) }
        return .object(object)
    }
}
