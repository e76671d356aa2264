internal import FoundationEssentials
package import LarkiveCore

/// An archive that is open for looking: no lock, nothing is changed but the inbox.
package struct ReadingVault: Sendable {
    package let identity: ArchiveIdentity
    package let manifest: SQLiteManifest
    package let inbox: Inbox
    let layout: Layout

    /// Opens it; `waiting` is called between looks at a manifest that a run is about to heal.
    package init(
        at path: String,
        patience: Double = SQLiteManifest.patience,
        waiting: (() -> Void)? = nil
    ) throws {
        do {
            layout = try Layout.open(path)
            identity = try ArchiveIdentity(
                reading: layout.root.contents(ArchiveIdentity.fileName) ?? []
            )
            guard try layout.root.names().contains(SQLiteManifest.fileName) else {
                throw VaultError(
                    .damaged,
                    "manifest.sqlite is missing",
                    hint: "make it again from the log: larkive rebuild"
                )
            }
            manifest = try HotJournal(root: layout.root, patience: patience).reader(
                waiting: waiting ?? HotJournal.pause
            )
            inbox = Inbox(directory: layout.inbox)
        } catch { throw VaultError(error) }
    }

    /// The identity alone, for the default place of STATE.
    package static func identity(at path: String) throws -> ArchiveIdentity {
        do {
            return try ArchiveIdentity(
                reading: Layout.root(path).contents(ArchiveIdentity.fileName) ?? []
            )
        } catch { throw VaultError(error) }
    }

    /// Asks whether a run has the archive.
    package static func runningProbe(at path: String) -> (@Sendable () -> Bool)? {
        guard let root = try? Directory.open(path) else { return nil }
        return { (try? VaultLock.isHeld(in: root)) ?? false }
    }

    /// Keeps an event before anything is handed out; throws when it cannot be kept.
    package func note(_ event: AuditEvent, at time: Timestamp) throws {
        try Self.put(event, at: time, into: layout.root)
    }

    /// As ``note(_:at:)``, for a command that needs nothing else of the archive.
    package static func note(_ event: AuditEvent, at time: Timestamp, in path: String) throws {
        do {
            try put(event, at: time, into: Layout.root(path))
        } catch { throw VaultError(error) }
    }

    /// Refused to anybody but the owner, whose runs could not read what another user left.
    private static func put(_ event: AuditEvent, at time: Timestamp, into root: Directory) throws {
        var random = SystemRandomNumberGenerator()
        let name = Hex.text((0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
        do {
            try Layout.checkOwner(of: root)
            let inbox = try root.guarded().directory("audit").directory("inbox")
            try Inbox(directory: inbox).put(event, at: time, name: name)
        } catch {
            guard LookFolder.isReadOnly(root.path) else { throw VaultError(error) }
            throw VaultError(
                .notWritable,
                "\(root.path) is on a read-only file system: nothing can be recorded",
                hint: "mount it for writing; restore --unrecorded gives files back without a record"
            )
        }
    }

    /// Whether nothing can be written because of the file system, whoever asks.
    package var isReadOnly: Bool { LookFolder.isReadOnly(layout.root.path) }

    /// Where a reader keeps what has no place in the archive; nil where that can be written to.
    package static func placeOutside(_ path: String) -> String? {
        LookFolder.isReadOnly(path) ? LookFolder.temporary : nil
    }

    /// Free bytes on the archive's file system.
    package func freeBytes() throws -> Int64 {
        do {
            return try layout.root.space().available
        } catch { throw VaultError(error) }
    }

    /// Copies an object chunk by chunk; throws when it is missing, and when the bytes are not what
    /// their name says (after the last chunk, so the copy must not be shown before this returns).
    package func read(
        _ digest: ContentDigest,
        chunk: ([UInt8]) throws -> Void
    ) throws {
        let file = try object(digest)
        var hasher = StreamDigest()
        var offset: Int64 = 0
        while case let bytes = try file.read(at: offset, count: 1 << 20), !bytes.isEmpty {
            hasher.append(bytes)
            try chunk(bytes)
            offset += Int64(bytes.count)
        }
        guard hasher.finish() == digest else {
            throw StoreError(.damaged(digest), "object \(digest.hex) has other bytes")
        }
    }

    /// The open file of an object, whatever is in it; throws when it is missing.
    func object(_ digest: ContentDigest) throws -> File {
        let name = digest.hex
        do {
            return try layout.objects.directory(String(name.prefix(2))).file(name, .reading)
        } catch {
            // What cannot be read is neither missing nor damaged.
            guard error.isMissing || error.refusal != nil else { throw VaultError(error) }
            let words = error.isMissing ? "object \(name) is missing" : error.description
            throw StoreError(.damaged(digest), words)
        }
    }
}
