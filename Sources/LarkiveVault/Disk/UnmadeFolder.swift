internal import FoundationEssentials
internal import SystemPackage

extension VaultError {
    /// Why a folder for what is handed out cannot be made.
    init(unmade path: String, _ error: any Error) {
        let why: String? =
            switch (error as? CocoaError)?.code {
            case _ where Self.isTooLong(path): "the name is too long"
            case .fileWriteNoPermission: "permission denied"
            case .fileWriteVolumeReadOnly: "the file system is read-only"
            case .fileWriteOutOfSpace: "there is no room"
            case .fileWriteFileExists: Self.taken(path)
            default: Self.barrier(path)
            }
        self.init(
            why == "there is no room" ? .noSpace : .notWritable,
            "\(path) cannot be made" + (why.map { ": \($0)" } ?? ""),
            hint: "name another folder with --to"
        )
    }

    private static func isTooLong(_ path: String) -> Bool {
        path.utf8.count > 4_095
            || path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.count > 255 }
    }

    /// What stands in the way further up.
    private static func barrier(_ path: String) -> String? {
        var above = FilePath(path)
        while above.removeLastComponent(), !above.isEmpty {
            var isFolder = false
            if FileManager.default.fileExists(atPath: above.string, isDirectory: &isFolder) {
                return isFolder ? nil : "\(above) is no folder"
            }
        }
        return nil
    }

    private static func taken(_ path: String) -> String {
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        let leadsNowhere = isLink && !FileManager.default.fileExists(atPath: path)
        return leadsNowhere
            ? "it is a symbolic link that leads nowhere" : "what has the name is no folder"
    }
}
