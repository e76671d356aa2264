import CLinux
import LarkiveVault
import SystemPackage

/// Where a path really leads, links followed.
enum RealPath {
    private static let longest = 4_096

    /// Of what is not there yet its nearest folder that is, with the rest behind it.
    static func of(_ path: String) -> FilePath {
        let absolute = FilePath(ConfigFile.absolute(path)).lexicallyNormalized()
        var (there, rest) = (absolute, [FilePath.Component]())
        while true {
            if let found = resolved(there) { return found.appending(rest.reversed()) }
            guard let last = there.lastComponent, there.removeLastComponent() else {
                return absolute
            }
            rest.append(last)
        }
    }

    private static func resolved(_ path: FilePath) -> FilePath? {
        var buffer = [CChar](repeating: 0, count: longest)
        let length = lk_real_path(path.string, &buffer, buffer.count)
        guard length >= 0 else { return nil }
        return FilePath(String(decoding: buffer.prefix(Int(length)).map(UInt8.init), as: UTF8.self))
    }

    /// Names from strangers' mails and copies of notes do not belong among an archive's own files.
    static func refuse(
        _ path: String,
        within folder: String,
        called name: String = "the archive",
        as what: String
    ) throws(UsageError) {
        guard of(path).starts(with: of(folder)) else { return }
        throw UsageError(
            "\(what) \(path) is inside of \(name)",
            hint: "name a folder outside of \(folder)"
        )
    }
}

extension World {
    /// Refuses a place among larkive's own files for what is handed out.
    func refuseOwn(_ path: String, of archive: ArchiveIdentity) throws(UsageError) {
        try RealPath.refuse(path, within: config.archive, as: "--to")
        try RealPath.refuse(path, within: state(of: archive.id), called: "STATE", as: "--to")
    }
}
