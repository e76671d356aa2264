/// Commits in groups: whatever waits while one group is being made durable forms the next.
///
/// So a lone small file is durable at once, and many share their barriers. The order of each group
/// is the safety argument: object bytes, object names, audit records, manifest rows, and only then
/// the acknowledgement. After any crash the manifest is a subset of the audit log, and the audit
/// log of the objects.
package actor Committer: Recorder {
    static let mostEntries = 64
    static let mostBytes: Int64 = 64 << 20

    private struct Entry {
        let staged: [Staged]
        let events: [AuditEvent]
        let done: CheckedContinuation<Void, any Error>
    }

    private let store: any ObjectStore
    private let audit: any AuditLog
    private let manifest: any Manifest
    private var inbox: InboxRounds?
    private var numbers: Numbers
    private var waiting: [Entry] = []
    private var isFlushing = false
    private var failure: RunFailure?
    private(set) package var objectsAdded: Int64 = 0

    package init(
        store: any ObjectStore,
        audit: any AuditLog,
        manifest: any Manifest,
        inbox: InboxRounds? = nil
    ) throws(ManifestError) {
        self.store = store
        self.audit = audit
        self.manifest = manifest
        self.inbox = inbox
        numbers = try manifest.numbers()
    }

    package func number(of source: SourceName) async throws -> Int64 {
        if let known = numbers.sources[source] { return known }
        let number = numbers.lastSource + 1
        numbers.lastSource = number
        numbers.sources[source] = number
        try await record([
            AuditEvent(
                .sourceAdded,
                ["source": .integer(number)],
                hidden: ["name": .string(source.description)]
            )
        ])
        return number
    }

    package func record(
        _ staged: [Staged],
        numbering attachments: Int,
        _ events: @Sendable (Int64) -> [AuditEvent]
    ) async throws {
        if let failure { throw failure }
        // Numbers are given in the order in which entries queue up, which is the order of the log.
        let first = numbers.lastAttachment + 1
        numbers.lastAttachment += Int64(attachments)
        let events = events(first)
        try await withCheckedThrowingContinuation { done in
            waiting.append(Entry(staged: staged, events: events, done: done))
            guard !isFlushing else { return }
            isFlushing = true
            Task { await flush() }
        }
    }

    private func flush() async {
        while !waiting.isEmpty {
            let group = nextGroup()
            do {
                if let failure { throw failure }
                if inbox?.begin() == true { try await inbox?.look() }
                try await settle(group)
                for entry in group { entry.done.resume() }
            } catch {
                failure = failure ?? (error as? RunFailure)
                for entry in group { entry.done.resume(throwing: error) }
            }
        }
        isFlushing = false
    }

    private func nextGroup() -> [Entry] {
        var (count, bytes) = (0, Int64(0))
        for entry in waiting.prefix(Self.mostEntries) {
            guard count == 0 || bytes < Self.mostBytes else { break }
            count += 1
            bytes += entry.staged.map(\.size).reduce(0, +)
        }
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }

    private func settle(_ group: [Entry]) async throws(RunFailure) {
        // 1. Dying after this leaves objects that nobody names: orphans, named when they are seen
        // again (I1, I6).
        let replaced = try await publish(group.flatMap(\.staged))
        let events = Self.told(replaced, group.flatMap(\.staged), group.flatMap(\.events))
        do {
            try manifest.rehearse(events)
        } catch { throw .manifest(error) }
        // 2. The commit point. Dying after this is finished by the next run: it folds these records
        // (I4, I7, I10).
        let records: [AuditRecord]
        do {
            records = try await audit.append(events)
        } catch { throw .audit(error) }
        // 3. Dying after this loses nothing but the news of it.
        do {
            try manifest.apply(records)
        } catch { throw .manifest(error) }
    }

    /// Each damage and its end once: what was found now before what is held, and what was known
    /// already as its holder says it, with the place of the damaged bytes.
    private static func told(
        _ replaced: [Published.Replaced],
        _ staged: [Staged],
        _ events: [AuditEvent]
    ) -> [AuditEvent] {
        var ended: Set<String> = []
        var told: [AuditEvent] = []
        for event in events {
            guard event.type == .objectRepaired, let hex = event.record["sha256"]?.string else {
                told.append(event)
                continue
            }
            guard ended.insert(hex).inserted else { continue }
            let other = replaced.first { $0.digest.hex == hex }
            told.append(other.map { event.keeping($0.kept) } ?? event)
        }
        let fresh = replaced.filter { !ended.contains($0.digest.hex) }
        return fresh.flatMap { other in
            other.events(size: staged.first { $0.digest == other.digest }?.size ?? 0)
        } + told
    }

    /// Returns the objects that were found damaged.
    private func publish(_ staged: [Staged]) async throws(RunFailure) -> [Published.Replaced] {
        guard !staged.isEmpty else { return [] }
        do {
            let published = try await store.publish(staged)
            objectsAdded += Int64(published.added.count)
            return published.replaced
        } catch { throw .store(error) }
    }
}

extension Published.Replaced {
    /// The damage and, since the right bytes came with it, its end.
    fileprivate func events(size: Int64) -> [AuditEvent] {
        let damage = AuditEvent(.objectDamaged, ["sha256": .string(digest.hex)])
        let repair = AuditEvent.repaired(digest, size: size, by: "download")
        return [damage.keeping(kept), repair.keeping(kept)]
    }
}

extension AuditEvent {
    /// Names the place in quarantine where damaged bytes are kept.
    fileprivate func keeping(_ kept: String) -> AuditEvent {
        var hidden = hidden
        hidden.append("quarantine", .string(kept))
        return AuditEvent(type, record, hidden: hidden)
    }
}
