package import LarkiveCore
internal import Synchronization

/// A store, a log and a manifest in memory that write down the order in which they are used, and
/// fail where they are told to.
package final class RecordedVault: ObjectStore, AuditLog, Manifest {
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case publish, rehearse, append, apply, seal
    }

    private struct State {
        var steps: [Step] = []
        var failing: Step?
        var records: [AuditRecord] = []
        var applied: [AuditRecord] = []
        var published: [Int] = []
        var held: Set<ContentDigest> = []
        var damaged: Set<ContentDigest> = []
    }

    private let state = Mutex(State())

    package init() {}

    package var steps: [Step] { state.withLock { $0.steps } }
    package var records: [AuditRecord] { state.withLock { $0.records } }
    package var applied: [AuditRecord] { state.withLock { $0.applied } }
    /// How many objects each group had.
    package var published: [Int] { state.withLock { $0.published } }

    package func fail(at step: Step?) { state.withLock { $0.failing = step } }

    private func note(_ step: Step) -> Bool {
        state.withLock {
            $0.steps.append(step)
            return $0.failing != step
        }
    }

    package func open(expecting size: Int64?) -> any Scratch { MemoryScratch() }

    package func publish(_ group: [Staged]) throws(StoreError) -> Published {
        guard note(.publish) else { throw StoreError(.noSpace, "told to fail") }
        return state.withLock { state in
            state.published.append(group.count)
            let digests = Set(group.map(\.digest))
            defer { state.held.formUnion(digests) }
            let broken = digests.intersection(state.damaged)
            state.damaged.subtract(broken)
            return Published(
                added: digests.subtracting(state.held),
                replaced: broken.sorted().map { Published.Replaced(digest: $0, kept: $0.hex) }
            )
        }
    }

    /// Changes the bytes of an object that is there.
    package func damage(_ digest: ContentDigest) {
        state.withLock { state in _ = state.damaged.insert(digest) }
    }

    package func append(_ events: [AuditEvent]) throws(AuditError) -> [AuditRecord] {
        guard note(.append) else { throw AuditError(.notWritable, "told to fail") }
        return state.withLock { state in
            let first = Int64(state.records.count)
            let fresh = zip(events, first...).map { event, seq in
                AuditRecord(seq: seq, time: .epoch, run: .rehearsal, event: event)
            }
            state.records += fresh
            return fresh
        }
    }

    package func seal() throws(AuditError) {
        guard note(.seal) else { throw AuditError(.notWritable, "told to fail") }
    }

    package func apply(_ records: [AuditRecord]) throws(ManifestError) {
        guard note(.apply) else { throw ManifestError(.noSpace, "told to fail") }
        state.withLock { $0.applied += records }
    }

    package func rehearse(_ events: [AuditEvent]) throws(ManifestError) {
        guard note(.rehearse) else { throw ManifestError(.other, "told to fail") }
    }

    package func numbers() -> Numbers { Numbers(sources: [:], lastSource: 0, lastAttachment: 0) }
}

/// Bytes that are counted and not kept; the digest is made up from the count.
package actor MemoryScratch: Scratch {
    private var size: Int64 = 0

    package func append(_ bytes: [UInt8]) { size += Int64(bytes.count) }
    package func restart() { size = 0 }
    package func discard() {}

    package func finish() throws(StoreError) -> Staged {
        let bytes = (0..<ContentDigest.byteCount).map {
            UInt8(truncatingIfNeeded: size &+ Int64($0))
        }
        guard let digest = ContentDigest(bytes: bytes) else { throw StoreError(.io, "no digest") }
        return Staged(digest: digest, size: size, scratch: self)
    }
}
