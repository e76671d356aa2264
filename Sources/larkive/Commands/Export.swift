import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Export: AsyncParsableCommand, Sandboxed {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case bagit, csv, jsonl

        /// A line of the catalogue.
        fileprivate func line(of row: FileRow) -> String {
            self == .csv
                ? Table.catalogue.line(of: row.catalogued)
                : JSONWriter.shownText(of: .object(row.catalogued)) + "\n"
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Hand attachments over: a bag with its proofs, or the catalogue alone.",
        discussion: """
            --format bagit makes a folder (RFC 8493) with the files, where they came from, what is \
            missing, and the records of the signed log that prove it; its HOW-TO-VERIFY.md says how \
            to check it without larkive. csv and jsonl list what `find` finds, with nothing of the \
            files. Without KEYs and filters it is everything.
            """
    )

    @OptionGroup var options: CommonOptions
    @OptionGroup var filters: Filters
    @Argument(help: "What to export, in place of filters.") var keys: [String] = []
    @Option(help: "bagit, csv or jsonl.") var format: Format
    @Option(help: "The bag's folder, empty or to be made; or the catalogue's new file, or -.")
    var to: String?
    @Option(help: "Why; recorded in the audit log.") var reason: String?
    @Flag(
        help: ArgumentHelp(
            "Give records whole that speak of other messages and tasks as well.",
            discussion: "Without it their private parts stay in the archive."
        )
    ) var wholeRecords = false
    @Flag(help: "Print one JSON object about the bag.") var json = false

    var targets: [String] { file.map { [$0] } ?? [] }
    /// Nil for standard output.
    private var file: String? { to == "-" ? nil : to }

    func validate() throws {
        if format == .bagit, file == nil {
            throw ValidationError("--format bagit needs --to, the folder of the bag, not -")
        }
        if let to { try Target.check(to) }
        if format != .bagit, json || wholeRecords {
            throw ValidationError("--json and --whole-records are for --format bagit")
        }
    }

    func run() async throws {
        try filters.refuseEmpty()
        let world = try World.live(options)
        try Reason.check(reason, world.config)
        let vault = try world.reading()
        if let file { try world.refuseOwn(file, of: vault.identity) }
        let choice = try ExportChoice(keys: keys, filters: filters, in: vault.manifest)
        switch format {
        case .bagit: try await makeBag(choice, vault, world)
        case .csv, .jsonl: try await list(choice, vault, world)
        }
    }

    private func makeBag(
        _ choice: ExportChoice,
        _ vault: ReadingVault,
        _ world: World
    ) async throws {
        let folder = to ?? ""
        try BagExport.check(folder)
        // Recorded before any byte is handed out; if that cannot be done, nothing is.
        let events = ExportEvents(world.actor, format, to: to, reason, choice.selection)
        try vault.manifest.forEachPage(of: choice.files) { rows in
            for event in events.all(of: rows) { try vault.note(event, at: world.clock.now()) }
        }
        let request = BagExport.Request(
            files: choice.files,
            scope: choice.scope,
            folder: folder,
            selection: choice.selection,
            software: "larkive \(Larkive.version)",
            time: world.clock.now(),
            isWhole: wholeRecords
        )
        let outcome = try BagExport(request, from: vault).run()
        for (digest, detail) in outcome.damage.sorted(by: { $0.key < $1.key }) {
            world.noteDamage(digest, detail, in: vault)
        }
        await world.recordInbox()
        try ExportReport(outcome, folder: folder, asked: choice.files.count).end(json: json)
    }

    // MARK: the catalogue

    private func list(_ choice: ExportChoice, _ vault: ReadingVault, _ world: World) async throws {
        let file = try file.map { try CatalogueFile(at: $0) }
        let events = ExportEvents(world.actor, format, to: to ?? "-", reason, choice.selection)
        let first = try vault.manifest.rows(of: choice.files.prefix(ExportEvents.most))
        let event = events.catalogue(of: first, count: choice.files.count)
        try vault.note(event, at: world.clock.now())
        let write: (String) throws -> Void = { line in
            guard let file else {
                // A catalogue that is cut off looks like a short one; many pipes mean to cut it.
                return try Terminal.give(Array(line.utf8), whenGone: Stop(code: .space))
            }
            try file.write(line)
        }
        if format == .csv { try write(Table.catalogue.header) }
        try vault.manifest.forEachPage(of: choice.files) { rows in
            for row in rows { try write(format.line(of: row)) }
        }
        try file?.end()
        await world.recordInbox()
    }
}
