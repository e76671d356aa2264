import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Show: ParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell everything about one attachment; recorded in the audit log.",
        discussion: """
            KEY is the number that `find` prints, sha256: and some hex digits, or an attachment \
            key. Told are where it hung, who sent it, when it was seen, stored and read again, the \
            records that say so, and all other places of the same bytes.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The attachment.") var key: String
    @Option(help: "Why; recorded in the audit log.") var reason: String?
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let world = try World.live(options)
        let vault = try world.reading()
        let rows = try KeyArgument(key).rows(in: vault.manifest)
        guard let row = rows.first else { return }
        let story = try vault.manifest.story(of: row)
        let records = vault.records(of: story)
        // Recorded before anything is told; if that cannot be done, nothing is. The next run brings it
        // from the inbox into the log: to do that here takes longer than all the rest.
        try vault.note(event(world, row), at: world.clock.now())
        let page = try StoryPage(story, records, in: vault.manifest, json: json)
        if json { Terminal.print(.object(page.json)) } else { page.lines.forEach(Terminal.print) }
        if page.isAhead {
            Terminal.note(
                "the audit log holds it already, the manifest not yet: the next run brings it there; "
                    + "if it does not: larkive verify"
            )
        }
        _ = try LoggedBytes.check(row, page.held)
        if let failure = records.unread {
            throw VaultError(
                failure.kind,
                "the audit log cannot be read: \(failure.detail)",
                hint: "see what is wrong: larkive verify"
            )
        }
    }

    private func event(_ world: World, _ row: FileRow) -> AuditEvent {
        var hidden: JSONObject = [
            "actor": .object(world.actor), "command": "show", "keys": .array([.string(row.key)]),
        ]
        if let reason { hidden.append("reason", .string(reason)) }
        return AuditEvent(
            .lookupDone,
            ["attachments": .array([.integer(row.id)]), "count": 1],
            hidden: hidden
        )
    }
}
