internal import FoundationEssentials
internal import LarkiveCore
internal import SystemPackage

/// A folder that becomes a bag (RFC 8493) with the last thing that is done to it.
///
/// Nothing is a bag without `bagit.txt`. Until all the rest is durable that file has the name
/// `bagit.txt.unfinished`: dying at any point leaves a folder that validates nowhere, and that the
/// next export to it recognises, empties and writes anew.
final class BagFolder {
    static let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    static let declared = "bagit.txt"
    static let unfinished = "bagit.txt.unfinished"
    private static let manifest = "manifest-sha256.txt"
    /// Everything that is ever made at the top.
    static let names: Set = [
        unfinished, "data", "audit", manifest, "tagmanifest-sha256.txt",
        "bag-info.txt", "provenance.csv", "provenance.jsonl", "exceptions.csv",
        "HOW-TO-VERIFY.md",
    ]

    let root: Directory
    private let mark: File
    private let isNew: Bool
    private let payload: BagFile
    private var tags: [(path: String, digest: ContentDigest)] = []
    private var last: (path: [String], folder: Directory)?
    private(set) var payloadFiles: Int64 = 0
    private(set) var payloadBytes: Int64 = 0

    /// Makes the folder, or takes one that is empty or that an export left unfinished.
    init(at path: String) throws {
        isNew = !FileManager.default.fileExists(atPath: path)
        root = try Self.made(at: path)
        var isOurs = false
        do {
            // What is in it are texts of other people: closed, unless somebody has opened it before.
            if isNew { try root.close() }
            try Self.check(root)
            mark = try root.file(Self.unfinished, .writing)
            guard try mark.tryLock() else { throw Self.inUse(path) }
            // Another export may have come to its end between the look and the lock.
            try Self.check(root)
            guard try root.look(at: Self.unfinished) != nil else { throw Self.inUse(path) }
            isOurs = true
            try root.empty(keeping: Self.unfinished)
            try mark.truncate(to: 0)
            try mark.write(Array(Self.declaration.utf8))
            payload = BagFile(try root.file(Self.manifest, .creating), as: Self.manifest)
        } catch {
            if isOurs { try? root.empty() }
            if isNew { Self.removeFolder(at: path) }
            throw error
        }
        tags.append((Self.declared, .of(Array(Self.declaration.utf8))))
    }

    private static func made(at path: String) throws -> Directory {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            return try Directory.open(path)
        } catch let failure as DiskError {
            throw VaultError(.notWritable, failure.description)
        } catch {
            throw VaultError(unmade: path, error)
        }
    }

    /// Refuses a folder that has anything but the remains of an export; one that is not there is fine.
    static func check(_ path: String) throws {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard isFolder else {
            throw VaultError(unmade: path, CocoaError(.fileWriteFileExists))
        }
        try check(Directory.open(path))
    }

    private static func check(_ root: Directory) throws {
        let found = Set(try root.names())
        let isRemains = found.contains(unfinished) && found.isSubset(of: names)
        guard found.isEmpty || isRemains else {
            throw VaultError(
                .exists,
                "\(root.path) is not empty",
                hint: "name a folder that is empty, or not there yet"
            )
        }
    }

    private static func inUse(_ path: String) -> VaultError {
        VaultError(.locked, "another export is writing to \(path)")
    }

    // MARK: files

    /// A folder beneath, made where it is missing.
    func folder(_ path: [String]) throws(DiskError) -> Directory {
        if let last, last.path == path { return last.folder }
        var folder = root
        for name in path { folder = try folder.made(name) }
        last = (path, folder)
        return folder
    }

    /// Begins a file beside the payload.
    func tag(_ name: String, in folder: [String] = []) throws(DiskError) -> BagFile {
        let home = try self.folder(folder)
        return BagFile(
            try home.file(name, .creating),
            as: (folder + [name]).joined(separator: "/")
        )
    }

    func end(_ tag: BagFile) throws(DiskError) {
        if let digest = try tag.end() { tags.append((tag.path, digest)) }
    }

    func keep(_ text: String, as name: String, in folder: [String] = []) throws(DiskError) {
        let file = try tag(name, in: folder)
        try file.write(text)
        try end(file)
    }

    /// Copies an object into the payload; one that cannot be given whole leaves nothing behind.
    func copy(
        _ digest: ContentDigest,
        to path: [String],
        time: Timestamp?,
        from vault: ReadingVault
    ) throws {
        let (home, name) = (try folder(path.dropLast()), path[path.endIndex - 1])
        let text = path.joined(separator: "/")
        let file = BagFile(try home.file(name, .creating), as: text, isHashed: false)
        do {
            try vault.read(digest) { try file.write($0) }
            try file.end()
            if let time { try file.setTime(time) }
        } catch {
            try home.remove(name)
            throw error
        }
        try payload.write(BagManifest.line(digest, text))
        payloadFiles += 1
        payloadBytes += file.size
    }

    // MARK: the end

    /// Writes the manifests, makes everything durable, and only then gives `bagit.txt` its name.
    func finish() throws {
        _ = try folder(["data"])
        try end(payload)
        let manifest = try root.file("tagmanifest-sha256.txt", .creating)
        let lines = tags.sorted { $0.path < $1.path }.map { BagManifest.line($0.digest, $0.path) }
        try manifest.write(Array(lines.joined().utf8))
        try flush(manifest)
        // Dying before this: unfinished. After it: a bag, whole.
        do {
            try root.moveWithoutReplacing(Self.unfinished, to: root, as: Self.declared)
        } catch {
            guard error.isUnsupported else { throw error }
            try root.move(Self.unfinished, to: root, as: Self.declared)
        }
        try root.sync()
        Directory.keepName(of: root.path)
    }

    private func flush(_ manifest: File) throws(DiskError) {
        try manifest.sync()
        try mark.sync()
        try root.syncFileSystem()
    }

    /// Takes everything away again, as far as that goes; the mark is the last to go.
    func abandon() {
        last = nil
        guard let names = try? root.names(), !names.contains(Self.declared) else { return }
        do {
            try root.empty(keeping: Self.unfinished)
            try root.remove(Self.unfinished)
        } catch { return }
        if isNew { Self.removeFolder(at: root.path) }
    }

    /// Only where it is empty.
    private static func removeFolder(at path: String) {
        let whole = FilePath(path)
        let above = whole.removingLastComponent()
        guard let name = whole.lastComponent?.string else { return }
        try? Directory.open(above.isEmpty ? "." : above.string).removeFolder(name)
    }
}
