internal import CLinux
internal import LarkiveCore
internal import SystemPackage

/// A file that is being written and has no name that anybody looks for.
///
/// Where the file system has files without names a crash leaves no trace of it; elsewhere a file
/// with a made-up name is left in its folder, which the next run empties if it is `staging/`.
final class FreshFile: Sendable {
    enum Form: Sendable { case unnamed, named }

    let file: File
    private let home: Directory
    /// Nil for a file without a name.
    private let name: String?

    init(in home: Directory, _ form: Form = .unnamed) throws(DiskError) {
        self.home = home
        if form == .unnamed, let found = try Self.unnamed(in: home) {
            (file, name) = (found, nil)
            return
        }
        var random = SystemRandomNumberGenerator()
        let made =
            ".new-" + Hex.text((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
        file = try home.file(made, .creating, mode: 0o400)
        name = made
    }

    /// Nothing waits for the removal: what it leaves is removed by the next run.
    deinit {
        if let name { _ = lk_unlink(home.descriptor, name) }
    }

    /// Nil where the file system has none.
    private static func unnamed(in home: Directory) throws(DiskError) -> File? {
        let path = home.path("(unnamed)")
        do {
            let found = try checked(lk_unnamed(home.descriptor, 0o400), "open", path)
            return File(descriptor: found, path: path)
        } catch let failure where failure.isUnsupported {
            return nil
        }
    }

    /// Gives it its name; false when the name is taken.
    ///
    /// Not durable before the folder is synced.
    func link(in folder: Directory, as newName: String) throws(DiskError) -> Bool {
        guard let name else { return try folder.link(file, as: newName) }
        do {
            let isNew = try folder.isNew {
                lk_link(home.descriptor, name, folder.descriptor, newName)
            }
            // Dying before this leaves a second name in `staging/`, which the next run removes.
            if isNew { try home.remove(name) }
            return isNew
        } catch let failure where Self.hasNoLinks(failure) {
            return try rename(in: folder, as: newName)
        }
    }

    /// Where a file can have one name only.
    func rename(in folder: Directory, as newName: String) throws(DiskError) -> Bool {
        guard let name else { return try folder.link(file, as: newName) }
        return try folder.isNew {
            lk_rename_new(home.descriptor, name, folder.descriptor, newName)
        }
    }

    /// Gives it a name that may be taken: the former file is there, or this one, whole.
    ///
    /// Only for one made as `.named`: what has no name cannot replace what has one.
    func replace(in folder: Directory, as newName: String) throws(DiskError) {
        guard let name else {
            throw DiskError(call: "rename", path: file.path, errno: Errno.invalidArgument.rawValue)
        }
        try home.move(name, to: folder, as: newName)
    }

    private static func hasNoLinks(_ failure: DiskError) -> Bool {
        failure.isUnsupported
            || [Errno.notPermitted, .tooManyLinks].map(\.rawValue).contains(failure.errno)
    }
}
