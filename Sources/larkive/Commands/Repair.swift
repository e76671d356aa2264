import ArgumentParser
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

struct Repair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Heal damaged and missing objects: download them again where Feishu has them.",
        discussion: """
            Without KEY all objects that verify has found damaged, and those that are missing or \
            look wrong; tiles of the log are made again from its records. Damaged bytes are kept in \
            quarantine/. What nobody has any more is lost: status, sync and verify say so until \
            problems --accept.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(
        help: ArgumentHelp("Numbers, keys or digests, as find prints them.", valueName: "key")
    )
    var keys: [String] = []
    @Flag(help: "Say what would be done; change nothing.") var dryRun = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        if dryRun { return try plan(world) }
        let vault = try await world.writing(world.newRun())
        defer { vault.cleanUp() }
        if keys.isEmpty { try vault.remakeTiles(at: world.clock.now()).forEach(Terminal.note) }
        let wanted = try digests(vault.manifest, vault.care())
        let work = wanted.isEmpty ? [] : try await heal(wanted, vault, world)
        try await vault.journal.seal()
        // Output that is lost ends the program at once.
        vault.cleanUp()
        try end(work)
    }

    private func digests(_ manifest: SQLiteManifest, _ care: ObjectCare) throws -> [ContentDigest] {
        if keys.isEmpty { return try care.suspects() }
        let rows = try keys.flatMap { try KeyArgument($0).rows(in: manifest) }
        return Set(rows.compactMap(\.sha256)).sorted()
    }

    private func plan(_ world: World) throws {
        let vault = try world.reading()
        let care = try vault.care()
        show(try digests(vault.manifest, care).compactMap { try planned($0, vault, care) })
    }

    /// Nil where a repair would do nothing.
    private func planned(
        _ digest: ContentDigest,
        _ vault: ReadingVault,
        _ care: ObjectCare
    ) throws -> HealedObject? {
        let state = care.state(of: digest)
        let detail: String
        switch state {
        case .sound:
            guard try care.isKnownDamaged(digest) else { return nil }
            detail = "its bytes are right again; that would be recorded"
        case .loose: detail = "its file would be closed again"
        case .unreadable: detail = state.words
        case .missing, .damaged:
            let places = RepairPlan(try vault.manifest.places(of: digest)).asked.count
            detail = "\(state.words); \(Figures.count(Int64(places), "place", "places")) to ask"
        }
        return HealedObject(digest: digest, outcome: .planned, detail: detail)
    }

    private func heal(
        _ digests: [ContentDigest],
        _ vault: Vault,
        _ world: World
    ) async throws -> [HealedObject] {
        try await world.withConnection { connection in
            let surgery = RepairWork(
                vault: vault,
                fetch: RepairFetch(fetcher: connection.fetcher, scratches: vault.objects),
                world: world
            )
            var work: [HealedObject] = []
            for digest in digests {
                if let done = try await surgery.heal(digest) { work.append(done) }
            }
            return work
        }
    }

    private func show(_ work: [HealedObject]) {
        if json {
            return Terminal.print(
                .object([
                    "repaired": .array(work.filter { $0.outcome == .repaired }.map(\.json)),
                    "lost": .array(work.filter { $0.outcome == .lost }.map(\.json)),
                    "accepted": .array(work.filter { $0.outcome == .accepted }.map(\.json)),
                    "later": .array(work.filter { $0.outcome == .later }.map(\.json)),
                    "planned": .array(work.filter { $0.outcome == .planned }.map(\.json)),
                ])
            )
        }
        for item in work { Terminal.print(item.line.shown) }
        if work.isEmpty { Terminal.print("nothing to repair") }
    }

    private func end(_ work: [HealedObject]) throws {
        show(work)
        let isHealed = work.contains { $0.outcome == .repaired }
        if work.contains(where: { $0.outcome == .lost }) { throw Stop(code: .damaged) }
        guard work.contains(where: { $0.outcome == .later }) else { return }
        Terminal.note(
            "what is left stays damaged; run larkive repair again later, or go without: "
                + "larkive problems --accept sha256:... --reason TEXT"
        )
        throw Stop(code: isHealed ? .partial : .damaged)
    }
}
