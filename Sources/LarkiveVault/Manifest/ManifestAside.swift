internal import CLinux
internal import LarkiveCore

/// A manifest in the middle of a commit, copied with its journal to `staging/`, where the commit that
/// was begun is taken back.
///
/// For a run that has it locked and does not go on, and for who may not write to it: on a file
/// system that is read-only the copies are in the folder for temporary files. The originals are only
/// read. Both copies are unnamed once SQLite has them open.
struct ManifestAside {
    private static let stride = 4 << 20

    let root: Directory

    /// Nil when the run has gone on meanwhile; throws when there is no right or no room to copy.
    ///
    /// `pause` is long enough for the kernel's time of files to move on.
    func reader(after pause: () -> Void) throws -> SQLiteManifest? {
        let folder = try LookFolder(beside: root)
        defer { withExtendedLifetime(folder) {} }
        let staging = folder.directory
        let before = try versions()
        pause()
        guard try versions() == before else { return nil }
        try DiskRoom(staging).check(for: before.reduce(0) { $0 + $1.size })
        let name = LookName.made()
        defer { LookName.remove(name, from: staging) }
        try copy(SQLiteManifest.fileName, to: staging, as: name)
        try copy(HotJournal.name, to: staging, as: name + "-journal")
        // What was written while it was copied has a time after the pause.
        guard try versions() == before else { return nil }
        return try SQLiteManifest(aside: staging.path(name))
    }

    private struct Version: Equatable { let size, changed: Int64 }

    private func versions() throws(DiskError) -> [Version] {
        var found: [Version] = []
        for name in [SQLiteManifest.fileName, HotJournal.name] {
            let stat = try root.look(at: name)
            found.append(Version(size: stat?.size ?? 0, changed: stat?.changed ?? 0))
        }
        return found
    }

    private func copy(_ name: String, to staging: Directory, as newName: String) throws {
        guard try root.look(at: name) != nil else { return }
        let original = try root.file(name, .reading)
        let file = try staging.file(newName, .creating)
        if try file.clone(original) { return }
        var offset: Int64 = 0
        while case let bytes = try original.read(at: offset, count: Self.stride), !bytes.isEmpty {
            try file.write(bytes)
            offset += Int64(bytes.count)
        }
    }
}
