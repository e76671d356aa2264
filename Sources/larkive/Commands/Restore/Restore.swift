import ArgumentParser
import LarkiveCore
import LarkiveVault

struct Restore: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Give files back, checked, under their own names.",
        discussion: """
            KEY is the number that `find` prints, sha256: and some hex digits, or an attachment key. \
            Instead of KEYs there may be filters, as of `find`. Nothing is replaced, and nothing is \
            written outside the folder; what is there already is skipped. `--to -` writes one file \
            to standard output.
            """
    )

    @OptionGroup var options: CommonOptions
    @OptionGroup var filters: Filters
    @Argument(help: "What to restore.") var keys: [String] = []
    @Flag(help: "With filters: contents that were replaced in Feishu since as well.")
    var versions = false
    @Option(help: "The folder to write to, made where it is missing; - for standard output.")
    var to: String
    @Option(help: "Folders in it: none, one for each source, or one for each message and task.")
    var layout: RestoreLayout = .flat
    @Option(help: ArgumentHelp("For whom it is; needs root.", valueName: "user"))
    var owner: String?
    @Option(help: "Why; recorded in the audit log.") var reason: String?
    @Flag(help: "Also where that cannot be recorded: the archive is on a read-only file system.")
    var unrecorded = false
    @Flag(help: "Print one JSON object.") var json = false

    var targets: [String] { isStream ? [] : [to] }
    var recipient: Recipient { get throws { try Owner(named: owner).recipient() } }
    private var isStream: Bool { to == "-" }

    /// To be called while there is one thread.
    func takeArchive() throws { try Owner(named: owner).takeArchive(options) }

    func validate() throws {
        try Target.check(to)
        if keys.isEmpty, !filters.isGiven {
            throw ValidationError(
                "say what to restore: KEYs, or filters as of `larkive find`, like --mailbox"
            )
        }
        if !keys.isEmpty, filters.isGiven {
            throw ValidationError("give KEYs or filters, not both")
        }
        if versions, !keys.isEmpty {
            throw ValidationError("--versions goes with filters; KEY@1 is a KEY's first content")
        }
        if isStream, json || owner != nil || layout != .flat {
            throw ValidationError("--to - goes with none of --json, --owner and --layout")
        }
    }

    func run() async throws {
        try filters.refuseEmpty()
        let world = try World.live(options)
        try Reason.check(reason, world.config)
        if isStream { try RestoreStream.refuseTerminal() }
        let vault = try world.reading()
        if unrecorded, vault.isReadOnly {
            Terminal.complain(
                "this restore is not recorded: \(world.config.archive) is on a read-only file system",
                hint: nil
            )
        }
        let files = try selection.files(in: vault.manifest)
        let note = RestoreNote(
            world: world,
            to: to,
            owner: owner,
            reason: reason,
            mayStayUnrecorded: unrecorded
        )
        do {
            try give(files, vault, note)
        } catch {
            // What ends in another way may be a disk that is full: the next run records it.
            if error is Stop { await world.recordInbox() }
            throw error
        }
        await world.recordInbox()
    }

    private var selection: RestoreSelection {
        RestoreSelection(keys: keys, filters: filters, withOlder: versions)
    }

    private func give(_ files: [FileVersion], _ vault: ReadingVault, _ note: RestoreNote) throws {
        if isStream {
            try RestoreStream(vault: vault, note: note).run(files)
        } else {
            try restore(files, vault, note)
        }
    }

    private func restore(_ files: [FileVersion], _ vault: ReadingVault, _ note: RestoreNote) throws
    {
        let recipient = try recipient
        try recipient.act { () throws in
            try note.world.refuseOwn(to, of: vault.identity)
        }
        var report = RestoreReport(to: to, isJSON: json, manifest: vault.manifest)
        if !files.isEmpty {
            let work = RestoreWork(
                vault: vault,
                folder: try RestoreFolder(at: to, for: recipient),
                note: note
            )
            try work.run(RestorePlan(files, layout, in: vault.manifest), &report)
        }
        try report.end()
    }
}

/// Why something is looked at or given back.
enum Reason {
    /// The config may demand one.
    static func check(_ reason: String?, _ config: Config) throws(UsageError) {
        let isGiven = reason.map { !FileQuery.saysNothing($0) } ?? false
        guard config.restoreNeedsReason, !isGiven else { return }
        throw UsageError(
            "nothing is given back without a reason here (`restore.require_reason`)",
            hint: "say why; it is recorded: --reason TEXT"
        )
    }
}
