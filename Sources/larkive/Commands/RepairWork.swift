import LarkiveCore
import LarkiveFeishu
import LarkiveVault

/// What became of one object.
struct HealedObject {
    enum Outcome: String { case repaired, lost, accepted, later, planned }

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
        case .nowhere(let words) where try vault.care().isAcceptedLoss(digest):
            return HealedObject(digest: digest, outcome: .accepted, detail: words)
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

    static func lost(
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
