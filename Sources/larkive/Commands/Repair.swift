import ArgumentParser
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

struct Repair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
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
        try end(work)
    }

    private func digests(_ manifest: SQLiteManifest, _ care: ObjectCare) throws -> [ContentDigest] {
        if keys.isEmpty { return try care.suspects() }
        let rows = try keys.flatMap { try KeyArgument($0).rows(in: manifest) }
        return Set(rows.compactMap(\.sha256)).sorted()
    }

    private func plan(_ world: World) throws {
        let vault = try world.reading()
        let work = try digests(vault.manifest, vault.care()).map { digest in
            let state = try vault.care().state(of: digest)
            let places = RepairPlan(try vault.manifest.places(of: digest)).asked.count
            return HealedObject(
                digest: digest,
                outcome: .planned,
                detail: "\(state.words); \(Figures.count(Int64(places), "place", "places")) to ask"
            )
        }
        show(work)
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
                    "later": .array(work.filter { $0.outcome == .later }.map(\.json)),
                    "planned": .array(work.filter { $0.outcome == .planned }.map(\.json)),
                ])
            )
        }
        for item in work { Terminal.print(Terminal.escaped(item.line)) }
        if work.isEmpty { Terminal.print("nothing to repair") }
    }

    private func end(_ work: [HealedObject]) throws {
        show(work)
        let isHealed = work.contains { $0.outcome == .repaired }
        if work.contains(where: { $0.outcome == .lost }) { throw Stop(code: .damaged) }
        guard work.contains(where: { $0.outcome == .later }) else { return }
        throw Stop(code: isHealed ? .partial : .damaged)
    }
}

/// What became of one object.
struct HealedObject {
    enum Outcome: String { case repaired, lost, later, planned }

    let digest: ContentDigest
    let outcome: Outcome
    let detail: String

    var line: String { "\(outcome.rawValue)  \(digest): \(detail)" }
    var json: JSON { .object(["sha256": .string(digest.hex), "detail": .string(detail)]) }
}

extension ObjectCare.State {
    var words: String {
        switch self {
        case .sound: "its bytes are right"
        case .loose: "its bytes are right, its file is not closed"
        case .missing: "missing"
        case .damaged(let detail): detail
        case .unreadable(let detail): "cannot be read: \(detail)"
        }
    }
}

/// Heals one object after the other; the lock is held.
struct RepairWork {
    let vault: Vault
    let fetch: RepairFetch
    let world: World

    /// Nil when there was nothing to do.
    func heal(_ digest: ContentDigest) async throws -> HealedObject? {
        let care = try vault.care()
        let state = care.state(of: digest)
        switch state {
        case .sound:
            guard try care.isKnownDamaged(digest) else { return nil }
            try await record(digest, by: "found")
            return HealedObject(
                digest: digest,
                outcome: .repaired,
                detail: "its bytes are right again"
            )
        case .loose:
            if care.hasOtherNames(digest) {
                let staged = try await care.copy(digest, into: vault.objects)
                guard staged.digest == digest else { return try await replace(digest, .missing) }
                try await publish(staged, over: .loose)
            } else {
                try care.tighten(digest)
            }
            try await record(digest, by: "copy")
            return HealedObject(
                digest: digest,
                outcome: .repaired,
                detail: "its file is closed again"
            )
        case .unreadable:
            return HealedObject(digest: digest, outcome: .later, detail: state.words)
        case .missing, .damaged: return try await replace(digest, state)
        }
    }

    private func replace(
        _ digest: ContentDigest,
        _ state: ObjectCare.State
    ) async throws -> HealedObject {
        if try !vault.care().isKnownDamaged(digest) {
            try await vault.record([.damaged(digest, state.words, world.actor)])
        }
        switch await fetch.bring(digest, RepairPlan(try vault.manifest.places(of: digest))) {
        case .found(let received, let key):
            // Dying from here to the record leaves it missing or sound, and recorded as damaged:
            // the next repair goes on from either (I1, I6).
            try await publish(received.staged, over: state)
            try await record(
                digest,
                by: "download",
                ["from": .string(key.description), "evidence": .object(received.evidence)]
            )
            return HealedObject(
                digest: digest,
                outcome: .repaired,
                detail: "downloaded from \(key)"
            )
        case .later(let words): return HealedObject(digest: digest, outcome: .later, detail: words)
        case .nowhere(let words):
            if try !vault.care().isKnownLost(digest) {
                try await vault.record([.lost(digest, words, world)])
            }
            return HealedObject(digest: digest, outcome: .lost, detail: words)
        }
    }

    private func publish(_ staged: Staged, over state: ObjectCare.State) async throws {
        if state != .missing { try vault.care().setAside(staged.digest) }
        _ = try await vault.objects.publish([staged])
        await staged.scratch.discard()
    }

    private func record(
        _ digest: ContentDigest,
        by way: String,
        _ hidden: JSONObject = [:]
    ) async throws {
        var hidden = hidden
        hidden.append("actor", .object(world.actor))
        let size = try vault.care().size(of: digest) ?? 0
        try await vault.record([.repaired(digest, size: size, by: way, hidden: hidden)])
    }
}

extension AuditEvent {
    static func damaged(
        _ digest: ContentDigest,
        _ detail: String,
        _ actor: JSONObject
    ) -> AuditEvent {
        AuditEvent(
            .objectDamaged,
            ["sha256": .string(digest.hex)],
            hidden: ["actor": .object(actor), "detail": .string(detail)]
        )
    }

    fileprivate static func lost(
        _ digest: ContentDigest,
        _ detail: String,
        _ world: World
    ) -> AuditEvent {
        AuditEvent(
            .objectLost,
            [
                "sha256": .string(digest.hex), "reason": "lost", "attempts": 1,
                "next_try": .string(world.clock.now().description),
            ],
            hidden: ["actor": .object(world.actor), "detail": .string(detail)]
        )
    }
}
