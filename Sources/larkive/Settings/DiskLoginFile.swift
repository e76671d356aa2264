import CLinux
import FoundationEssentials
import LarkiveFeishu
import SystemPackage

/// The token file on disk: mode 0600, in a folder of one's own, replaced whole.
///
/// `FILE.new` is made before a token is spent and takes its place afterwards; it is never read.
/// A crash before the rename leaves the former file, one after it the new file.
struct DiskLoginFile: LoginFile {
    /// What is about to be done; a test may end the world at each.
    enum Step: CaseIterable {
        case makeRoom, fillRoom, syncRoom, open, write, truncate, sync, rename, syncFolder, discard
    }

    let path: String
    private let at: @Sendable (Step) throws(LoginFileError) -> Void

    init(
        _ path: String,
        at step: @escaping @Sendable (Step) throws(LoginFileError) -> Void = { _ in }
    ) {
        self.path = path
        at = step
    }

    func read() throws(LoginFileError) -> [UInt8]? {
        guard let folder = try folder(make: false) else { return nil }
        guard let file = try folder.open(name, lk_read_only(), missingIsFine: true) else {
            return nil
        }
        let found = try file.stat()
        guard found.owner == lk_owner() else {
            throw LoginFileError(
                .untrusted,
                "\(path) belongs to user id \(found.owner), not to you",
                hint: "run larkive as that user, or name another file in feishu.user_token_file"
            )
        }
        guard found.regular != 0, found.mode & 0o077 == 0 else {
            throw LoginFileError(
                .untrusted,
                "\(path) can be read by others",
                hint: "chmod 600 \(path)"
            )
        }
        return try file.contents()
    }

    func tryLock() throws(LoginFileError) -> (any LoginLock)? {
        guard let folder = try folder(make: true) else { return nil }
        guard let file = try folder.open("\(name).lock", lk_create()) else { return nil }
        return try file.lock() ? file : nil
    }

    func reserve(_ size: Int) throws(LoginFileError) {
        guard let folder = try folder(make: true) else { return }
        try at(.makeRoom)
        folder.remove(fresh)
        guard let file = try folder.open(fresh, lk_create_new()) else { return }
        try at(.fillRoom)
        try file.write([UInt8](repeating: UInt8(ascii: " "), count: size))
        try at(.syncRoom)
        try file.sync()
    }

    func replace(with bytes: [UInt8]) throws(LoginFileError) {
        guard let folder = try folder(make: true) else { return }
        do throws(LoginFileError) {
            try write(bytes, in: folder)
        } catch {
            // A file whose sync failed must not be used again.
            try at(.discard)
            folder.remove(fresh)
            throw error
        }
        try at(.syncFolder)
        try folder.sync()
    }

    private func write(_ bytes: [UInt8], in folder: OpenedFile) throws(LoginFileError) {
        try at(.open)
        guard let file = try folder.open(fresh, lk_create()) else { return }
        try at(.write)
        try file.write(bytes)
        try at(.truncate)
        try file.truncate(to: bytes.count)
        try at(.sync)
        try file.sync()
        try at(.rename)
        try folder.rename(fresh, to: name)
    }

    // MARK: places

    private var name: String { String(path.split(separator: "/").last ?? "") }
    private var fresh: String { "\(name).new" }

    /// Nil when it is not there and is not to be made.
    private func folder(make: Bool) throws(LoginFileError) -> OpenedFile? {
        let place = String(path.dropLast(name.count))
        if make { try Self.makeFolder(place) }
        guard let folder = try OpenedFile.folder(place) else { return nil }
        let found = try folder.stat()
        guard found.owner == lk_owner() || found.owner == 0, found.mode & 0o022 == 0 else {
            throw LoginFileError(
                .untrusted,
                "\(place) can be written by others: the token file must not be there",
                hint: "chmod go-w \(place)"
            )
        }
        return folder
    }

    /// Makes it, and what is missing on the way, for nobody else to enter.
    private static func makeFolder(_ path: String) throws(LoginFileError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw LoginFileError(.io, "the folder \(path) cannot be made")
        }
    }
}

/// An open file or folder of the login; letting go of it closes it, and ends its lock.
private final class OpenedFile: LoginLock {
    private let descriptor: Int32
    private let path: String

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = lk_close(descriptor) }

    /// Nil when there is none.
    static func folder(_ path: String) throws(LoginFileError) -> OpenedFile? {
        let found = lk_open_path(path)
        if found == -Errno.noSuchFileOrDirectory.rawValue { return nil }
        return OpenedFile(try checked(found, "open", path), path)
    }

    func open(
        _ name: String,
        _ flags: Int32,
        missingIsFine: Bool = false
    ) throws(LoginFileError) -> OpenedFile? {
        let mode: UInt32 = flags == lk_read_only() ? 0 : 0o600
        let found = lk_open(descriptor, name, flags, mode)
        if missingIsFine, found == -Errno.noSuchFileOrDirectory.rawValue { return nil }
        return OpenedFile(try Self.checked(found, "open", path + name), path + name)
    }

    func stat() throws(LoginFileError) -> lk_stat {
        var found = lk_stat()
        try Self.checked(lk_stat_fd(descriptor, &found), "stat", path)
        return found
    }

    func contents() throws(LoginFileError) -> [UInt8] {
        let size = min(Int(try stat().size), 1 << 20)
        var bytes = [UInt8](repeating: 0, count: size)
        let count = bytes.withUnsafeMutableBytes { lk_pread(descriptor, $0.baseAddress, size, 0) }
        return Array(bytes.prefix(Int(try Self.checked(count, "read", path))))
    }

    func write(_ bytes: [UInt8]) throws(LoginFileError) {
        var rest = ArraySlice(bytes)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { lk_write(descriptor, $0.baseAddress, $0.count) }
            if count == -Int64(Errno.interrupted.rawValue) { continue }
            rest = rest.dropFirst(Int(try Self.checked(count, "write", path)))
        }
    }

    func truncate(to size: Int) throws(LoginFileError) {
        try Self.checked(lk_truncate(descriptor, Int64(size)), "truncate", path)
    }

    func sync() throws(LoginFileError) {
        try Self.checked(lk_fsync(descriptor), "fsync", path)
    }

    func rename(_ name: String, to other: String) throws(LoginFileError) {
        try Self.checked(lk_rename(descriptor, name, descriptor, other), "rename", path + name)
    }

    func remove(_ name: String) { _ = lk_unlink(descriptor, name) }

    /// False while another process has it.
    func lock() throws(LoginFileError) -> Bool {
        let result = lk_lock(descriptor)
        if result == -Errno.wouldBlock.rawValue { return false }
        try Self.checked(result, "flock", path)
        return true
    }

    func release() { _ = lk_unlock(descriptor) }

    @discardableResult
    private static func checked<Value: BinaryInteger>(
        _ result: Value,
        _ call: String,
        _ path: String
    ) throws(LoginFileError) -> Value {
        guard result < 0 else { return result }
        throw LoginFileError(.io, "\(call) \(path): \(Errno(rawValue: Int32(-Int64(result))))")
    }
}
