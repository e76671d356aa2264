internal import CLinux
internal import FoundationEssentials

/// An open directory; everything beneath is reached from it, never through a symbolic link.
final class Directory: Sendable {
    let descriptor: Int32
    let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = lk_close(descriptor) }

    static func open(_ path: String) throws(DiskError) -> Directory {
        Directory(descriptor: try checked(lk_open_path(path), "open", path), path: path)
    }

    func directory(_ name: String) throws(DiskError) -> Directory {
        let descriptor = lk_open(descriptor, name, lk_directory(), 0)
        return Directory(
            descriptor: try checked(descriptor, "open", path(name)),
            path: path(name)
        )
    }

    /// Opens it, after making it durably where it is missing.
    func makeDirectory(_ name: String) throws(DiskError) -> Directory {
        do {
            try checked(lk_mkdir(descriptor, name), "mkdir", path(name))
            try sync()
        } catch let failure where failure.exists {}
        return try directory(name)
    }

    enum Opening { case reading, appending, writing, creating }

    func file(_ name: String, _ opening: Opening, mode: UInt32 = 0o600) throws(DiskError) -> File {
        let flags =
            switch opening {
            case .reading: lk_read_only()
            case .appending: lk_append()
            case .writing: lk_create()
            case .creating: lk_create_new()
            }
        let creates = opening == .reading ? 0 : mode
        let found = lk_open(descriptor, name, flags, creates)
        return File(descriptor: try checked(found, "open", path(name)), path: path(name))
    }

    /// The whole content; nil when there is no such file.
    func contents(_ name: String) throws(DiskError) -> [UInt8]? {
        do {
            return try file(name, .reading).readAll()
        } catch let failure where failure.isMissing {
            return nil
        }
    }

    /// A file without a name, which a crash leaves no trace of.
    func unnamedFile() throws(DiskError) -> File {
        let found = try checked(lk_unnamed(descriptor, 0o400), "open", path("(unnamed)"))
        return File(descriptor: found, path: path("(unnamed)"))
    }

    /// Names an unnamed file; false when the name is taken.
    func link(_ file: File, as name: String) throws(DiskError) -> Bool {
        do {
            try checked(lk_link_fd(file.descriptor, descriptor, name), "link", path(name))
            return true
        } catch let failure where failure.exists {
            return false
        }
    }

    /// Moves a file within the archive, replacing what has the new name.
    func move(_ name: String, to other: Directory, as newName: String) throws(DiskError) {
        try checked(
            lk_rename(descriptor, name, other.descriptor, newName),
            "rename",
            path(name)
        )
    }

    /// Moves a file within the archive; an existing new name is an error.
    func moveWithoutReplacing(
        _ name: String,
        to other: Directory,
        as newName: String
    ) throws(DiskError) {
        try checked(
            lk_rename_new(descriptor, name, other.descriptor, newName),
            "rename",
            path(name)
        )
    }

    func remove(_ name: String) throws(DiskError) {
        try checked(lk_unlink(descriptor, name), "unlink", path(name))
    }

    /// Makes the names in it durable.
    func sync() throws(DiskError) {
        try checked(lk_fsync(descriptor), "fsync", path)
    }

    /// Makes everything on its file system durable.
    func syncFileSystem() throws(DiskError) {
        try checked(lk_syncfs(descriptor), "syncfs", path)
    }

    /// All names in it, sorted by their bytes.
    func names() throws(DiskError) -> [String] {
        do {
            return try FileManager.default
                .contentsOfDirectory(atPath: "/proc/self/fd/\(descriptor)").sorted()
        } catch {
            throw DiskError(call: "list", path: path, errno: 5)
        }
    }

    /// Free bytes, and all bytes, of the file system.
    func space() throws(DiskError) -> (available: Int64, total: Int64) {
        var (available, total) = (UInt64(0), UInt64(0))
        try checked(lk_space(descriptor, &available, &total), "statvfs", path)
        return (Int64(clamping: available), Int64(clamping: total))
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}

extension Directory {
    /// Writes a small file so that after a crash either the former or the new one is there, whole.
    ///
    /// Dying before the rename leaves `name.new`, which the next call writes over.
    func replace(_ name: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(DiskError) {
        let fresh = "\(name).new"
        if try contents(fresh) != nil { try remove(fresh) }
        let file = try file(fresh, .creating, mode: mode)
        try file.write(bytes)
        try file.sync()
        try move(fresh, to: self, as: name)
        try sync()
    }

    /// Writes a small file that must not change any more; equal content is no error.
    ///
    /// Returns false when the name is taken by other bytes.
    func createOnce(_ name: String, with bytes: [UInt8]) throws(DiskError) -> Bool {
        let file = try unnamedFile()
        try file.write(bytes)
        try file.sync()
        let isNew = try link(file, as: name)
        try sync()
        if isNew { return true }
        return try contents(name) == bytes
    }
}
