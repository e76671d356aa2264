internal import FoundationEssentials
package import LarkiveCore

/// An archive that is open for looking: no lock, nothing is changed but the inbox.
package struct ReadingVault: Sendable {
    package let identity: ArchiveIdentity
    package let manifest: SQLiteManifest
    package let inbox: Inbox
    let layout: Layout

    package init(at path: String) throws {
        do {
            layout = try Layout.open(path)
            identity = try ArchiveIdentity(
                reading: layout.root.contents(ArchiveIdentity.fileName) ?? []
            )
            HotJournal(root: layout.root).recover()
            guard try layout.root.names().contains(SQLiteManifest.fileName) else {
                throw VaultError(
                    .damaged,
                    "manifest.sqlite is missing",
                    hint: "make it again from the log: larkive rebuild"
                )
            }
            manifest = try SQLiteManifest(reading: layout.manifestPath)
            inbox = Inbox(directory: layout.inbox)
        } catch { throw VaultError(error) }
    }

    /// The identity alone, for the default place of STATE.
    package static func identity(at path: String) throws -> ArchiveIdentity {
        do {
            return try ArchiveIdentity(
                reading: Layout.open(path).root.contents(ArchiveIdentity.fileName) ?? []
            )
        } catch { throw VaultError(error) }
    }

    /// Keeps an event before anything is handed out; throws when it cannot be kept.
    package func note(_ event: AuditEvent, at time: Timestamp) throws {
        try Self.put(event, at: time, into: inbox)
    }

    /// As ``note(_:at:)``, for a command that needs nothing else of the archive.
    package static func note(_ event: AuditEvent, at time: Timestamp, in path: String) throws {
        do {
            try put(event, at: time, into: Inbox(directory: Layout.open(path).inbox))
        } catch { throw VaultError(error) }
    }

    private static func put(_ event: AuditEvent, at time: Timestamp, into inbox: Inbox) throws {
        var random = SystemRandomNumberGenerator()
        let name = Hex.text((0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
        do {
            try inbox.put(event, at: time, name: name)
        } catch { throw VaultError(error) }
    }

    /// Free bytes on the archive's file system.
    package func freeBytes() -> Int64? { try? layout.root.space().available }

    /// Copies an object chunk by chunk; throws when it is missing, and when the bytes are not what
    /// their name says (after the last chunk, so the copy must not be shown before this returns).
    package func read(
        _ digest: ContentDigest,
        chunk: ([UInt8]) throws -> Void
    ) throws {
        let (shard, name) = (try layout.objects.directory(String(digest.hex.prefix(2))), digest.hex)
        let file: File
        do {
            file = try shard.file(name, .reading)
        } catch { throw StoreError(.damaged(digest), "object \(name) is missing") }
        var hasher = StreamDigest()
        var offset: Int64 = 0
        while case let bytes = try file.read(at: offset, count: 1 << 20), !bytes.isEmpty {
            hasher.append(bytes)
            try chunk(bytes)
            offset += Int64(bytes.count)
        }
        guard hasher.finish() == digest else {
            throw StoreError(.damaged(digest), "object \(name) has other bytes")
        }
    }
}
