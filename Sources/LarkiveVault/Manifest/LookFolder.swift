internal import CLinux
internal import FoundationEssentials
internal import LarkiveCore
internal import SystemPackage

/// Where somebody who only looks keeps files for a moment: `staging/`, or a folder of its own among
/// temporary files where the archive is on a read-only file system.
///
/// That folder is removed with the value; the files in it have lost their names by then. Dying leaves
/// it, closed to others, to whoever empties that place.
final class LookFolder {
    let directory: Directory
    /// What is to be removed, and from where.
    private let own: (place: Directory, name: String)?

    init(beside root: Directory) throws(DiskError) {
        guard Self.isReadOnly(root.path) else {
            directory = try root.directory("staging")
            own = nil
            return
        }
        let (place, name) = (try Directory.open(Self.temporary), LookName.made())
        directory = try place.makeDirectory(name)
        own = (place, name)
    }

    deinit { if let own { try? own.place.removeFolder(own.name) } }

    static func isReadOnly(_ path: String) -> Bool {
        lk_may_write(path) == -Errno.readOnlyFileSystem.rawValue
    }

    static var temporary: String { FileManager.default.temporaryDirectory.path }
}
