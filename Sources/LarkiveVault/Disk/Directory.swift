internal import CLinux
internal import SystemPackage

/// An open directory; everything beneath is reached from it, name by name, never through a symbolic
/// link or into another mount.
final class Directory: Sendable {
    let descriptor: Int32
    let path: String
    /// What is inside must belong to it; nil for those who only look.
    let place: Place?
    private let isLocked: Bool

    private init(descriptor: Int32, path: String, place: Place?, isLocked: Bool = false) {
        self.descriptor = descriptor
        self.path = path
        self.place = place
        self.isLocked = isLocked
    }

    // What was written was synced before: nothing can be lost by closing. A program that is just
    // being started shares the open folder until it runs, and would keep the lock for that moment.
    deinit {
        if isLocked { _ = lk_unlock(descriptor) }
        _ = lk_close(descriptor)
    }

    /// Opens a folder by a path of the operator's, which may lead over links.
    static func open(_ path: String) throws(DiskError) -> Directory {
        let descriptor = try checked(lk_open_path(path), "open", path)
        return Directory(descriptor: descriptor, path: path, place: nil)
    }

    /// The same folder for a writer: what is inside must have its owner, be on its file system, be
    /// closed to writing by others, and have no second name.
    func guarded() throws(DiskError) -> Directory {
        let found = try stat()
        if found.mode & 0o022 != 0 { throw refused(path, .loose(found.mode)) }
        let again = lk_open_one(descriptor, ".", lk_directory(), 0)
        return Directory(
            descriptor: try checked(again, "open", path),
            path: path,
            place: Place(of: found)
        )
    }

    /// The same folder for looking at what is wrong in it: owners, modes and names are not checked.
    func unguarded() throws(DiskError) -> Directory {
        let again = lk_open_one(descriptor, ".", lk_directory(), 0)
        return Directory(descriptor: try checked(again, "open", path), path: path, place: nil)
    }

    /// Closes it to everybody but its owner.
    func close() throws(DiskError) {
        try checked(lk_chmod(descriptor, 0o700), "chmod", path)
    }

    func directory(_ name: String) throws(DiskError) -> Directory {
        let found = Directory(
            descriptor: try open(name, lk_directory(), 0),
            path: path(name),
            place: place
        )
        if let refusal = place?.refusal(of: try found.stat()) { throw refused(name, refusal) }
        return found
    }

    /// Opens one name; what leads elsewhere is refused.
    private func open(_ name: String, _ flags: Int32, _ mode: UInt32) throws(DiskError) -> Int32 {
        // Without openat2 a path of several names could lead over links.
        guard !name.contains("/"), !["", ".", ".."].contains(name) else {
            throw DiskError(call: "open", path: path(name), errno: Errno.invalidArgument.rawValue)
        }
        let found = lk_open(descriptor, name, flags, mode)
        switch Errno(rawValue: -found) {
        case .tooManySymbolicLinkLevels: throw refused(name, .symbolicLink)
        case .improperLink: throw refused(name, .otherFileSystem)
        case .noSuchAddressOrDevice, .notDirectory:
            throw refused(name, try look(at: name).map(Self.kind) ?? .otherKind)
        case .isDirectory where flags != lk_directory(): throw refused(name, .otherKind)
        default: return try checked(found, "open", path(name))
        }
    }

    private static func kind(of found: lk_stat) -> Refusal {
        found.link != 0 ? .symbolicLink : .otherKind
    }

    /// Why something that should be a plain file is not used; nil when it is.
    private func refusal(of found: lk_stat) -> Refusal? {
        found.regular == 0 ? Self.kind(of: found) : place?.refusal(of: found)
    }

    private func refused(_ name: String, _ refusal: Refusal) -> DiskError {
        let subject = name.hasPrefix("/") ? name : path(name)
        return DiskError(call: "open", path: subject, errno: 0, refusal: refusal)
    }

    func stat() throws(DiskError) -> lk_stat {
        var found = lk_stat()
        try checked(lk_stat_fd(descriptor, &found), "stat", path)
        return found
    }

    /// Looks at what has a name, without opening it; nil when nothing has.
    func look(at name: String) throws(DiskError) -> lk_stat? {
        do {
            let found = File(descriptor: try open(name, lk_look(), 0), path: path(name))
            return try found.stat()
        } catch let failure where failure.isMissing {
            return nil
        }
    }

    /// Refuses a file that is there and is not a plain one of the archive's own.
    func check(_ name: String) throws(DiskError) {
        guard let found = try look(at: name) else { return }
        if let refusal = refusal(of: found) {
            throw refused(name, refusal)
        }
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
        let file = File(descriptor: try open(name, flags, creates), path: path(name))
        let found = try file.stat()
        if let refusal = refusal(of: found) {
            throw refused(name, refusal)
        }
        return file
    }

    /// The whole content; nil when there is no such file.
    func contents(_ name: String) throws(DiskError) -> [UInt8]? {
        do {
            return try file(name, .reading).readAll()
        } catch let failure where failure.isMissing {
            return nil
        }
    }

    /// Names an unnamed file; false when the name is taken.
    func link(_ file: File, as name: String) throws(DiskError) -> Bool {
        try isNew { lk_link_fd(file.descriptor, descriptor, name) }
    }

    func isNew(_ call: () -> Int32) throws(DiskError) -> Bool {
        do {
            try checked(call(), "link", path)
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

    /// The same folder, locked as long as it is open; nil when somebody else has it locked.
    func locked() throws(DiskError) -> Directory? {
        let again = lk_open_one(descriptor, ".", lk_directory(), 0)
        let descriptor = try checked(again, "open", path)
        do {
            try checked(lk_lock(descriptor), "flock", path)
            return Directory(descriptor: descriptor, path: path, place: place, isLocked: true)
        } catch {
            _ = lk_close(descriptor)
            guard error.isBusy else { throw error }
            return nil
        }
    }

    /// Makes the names in it durable.
    func sync() throws(DiskError) {
        try checked(lk_fsync(descriptor), "fsync", path)
    }

    /// All names in it, sorted by their bytes.
    func names() throws(DiskError) -> [String] {
        let again = try checked(lk_open_one(descriptor, ".", lk_directory(), 0), "open", path)
        guard let list = lk_list(again) else {
            _ = lk_close(again)
            throw DiskError(call: "list", path: path, errno: Errno.noMemory.rawValue)
        }
        defer { lk_list_end(list) }
        var names: [String] = []
        while true {
            var name: UnsafePointer<CChar>?
            guard try checked(lk_list_next(list, &name), "list", path) == 1, let name else { break }
            names.append(String(cString: name))
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// Takes a file's name away from it and gives it another's, in one step.
    func exchange(_ name: String, with other: Directory, _ otherName: String) throws(DiskError) {
        try checked(
            lk_exchange(descriptor, name, other.descriptor, otherName),
            "rename",
            path(name)
        )
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}
