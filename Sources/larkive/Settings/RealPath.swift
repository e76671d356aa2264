import CLinux
import LarkiveVault
import SystemPackage

/// Where a path really leads, links followed.
enum RealPath {
    private static let longest = 4_096

    /// Of what is not there yet its nearest folder that is, with the rest behind it.
    static func of(_ path: String) -> FilePath {
        let text = FilePath(ConfigFile.absolute(path)).lexicallyNormalized().string
        var there = text[...]
        while true {
            if let found = resolved(there) {
                return FilePath(found + "/" + (String(text.utf8.dropFirst(there.utf8.count)) ?? ""))
            }
            guard let above = above(there), above != there else { return FilePath(text) }
            there = above
        }
    }

    /// The text of the folder that something is in; nil where the path names none.
    ///
    /// As text, since `FilePath` goes through the whole of a path to take its end away.
    static func above(_ path: Substring) -> Substring? {
        let stroke = UInt8(ascii: "/")
        guard let last = path.utf8.lastIndex(where: { $0 != stroke }),
            let slash = path.utf8[...last].lastIndex(of: stroke)
        else { return nil }
        return slash == path.startIndex ? "/" : path[..<slash]
    }

    private static func resolved(_ path: Substring) -> String? {
        var buffer = [CChar](repeating: 0, count: longest)
        let length = lk_real_path(String(path), &buffer, buffer.count)
        guard length >= 0 else { return nil }
        return String(
            decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    /// Refuses a path that goes back out of a folder that is not there, with `..`.
    static func refuseWayBack(_ path: String, as what: String) throws(UsageError) {
        var way = FilePath(root: FilePath(path).root, [])
        for part in FilePath(path).components {
            if part.kind == .parentDirectory, !way.isEmpty, resolved(way.string[...]) == nil {
                throw UsageError(
                    "\(what) \(path) leads out of \(way), which is not there",
                    hint: "name the folder without `..` behind it"
                )
            }
            way.append(part)
        }
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
        try RealPath.refuseWayBack(path, as: "--to")
        try RealPath.refuse(path, within: config.archive, as: "--to")
        try RealPath.refuse(path, within: state(of: archive.id), called: "STATE", as: "--to")
    }
}
