internal import CLinux

/// Who must own what is inside of an archive, and where it must be.
struct Place: Hashable, Sendable {
    let owner: UInt32
    let device: UInt64

    init(of directory: lk_stat) {
        owner = directory.owner
        device = directory.device
    }

    /// Why something inside is not trusted; nil when it is.
    func refusal(of found: lk_stat) -> Refusal? {
        if found.owner != owner { return .otherOwner(found.owner) }
        if found.device != device { return .otherFileSystem }
        if found.mode & 0o022 != 0 { return .loose(found.mode) }
        if found.regular != 0, found.links > 1 { return .linked(found.links) }
        return nil
    }
}

/// Why something that is there is not used.
package enum Refusal: Hashable, Sendable {
    case symbolicLink
    /// A pipe, a device, a socket, or a folder in place of a file.
    case otherKind
    case otherOwner(UInt32)
    /// Others may write to it.
    case loose(UInt32)
    /// The same bytes have another name, which may be outside.
    case linked(UInt32)
    case otherFileSystem

    var words: String {
        switch self {
        case .symbolicLink: "is a symbolic link"
        case .otherKind: "is not of the kind that belongs there"
        case .otherOwner(let owner): "belongs to user id \(owner)"
        case .loose(let mode): "can be written by others (mode \(String(mode, radix: 8)))"
        case .linked(let count): "has \(count) names"
        case .otherFileSystem: "is on another file system, or a mount point"
        }
    }

    var hint: String {
        switch self {
        case .symbolicLink: "put what it leads to in its place: nothing in an archive is a link"
        case .otherKind: "move it away, and see who put it there"
        case .otherOwner: "see who put it there; if it is right, chown it"
        case .loose: "see who changed it; if it is right: chmod go-w"
        case .linked:
            "copy it and put the copy in its place: cp -p FILE FILE.new && mv FILE.new FILE"
        case .otherFileSystem: "unmount it: an archive is one folder on one file system"
        }
    }
}

/// What kind of file system an archive would stand on.
struct FileSystemKind: Hashable, Sendable {
    let number: Int64

    private static let network: [Int64: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB", 0x0102_1997: "9p",
        0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x00C3_6400: "Ceph", 0x0BD0_0BD0: "Lustre",
        0x7461_636F: "OCFS2", 0x0116_1970: "GFS2", 0x7375_7245: "Coda", 0x564C: "NCP",
        0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0xAAD7_AAEA: "PanFS", 0x786F_4256: "vboxsf",
        0xBACB_ACBC: "vmhgfs",
    ]

    enum Verdict: Hashable, Sendable {
        case good
        /// Gone when the machine stops.
        case volatile
        case network(String)
        case userSpace
    }

    var verdict: Verdict {
        if let name = Self.network[number] { return .network(name) }
        switch number {
        case 0x6573_5546: return .userSpace
        case 0x0102_1994, 0x8584_58F6: return .volatile
        default: return .good
        }
    }

    /// Throws where locks, syncs or names may not mean what they say.
    func check(_ path: String, _ rules: VaultRules) throws(VaultError) {
        switch verdict {
        case .good, .volatile: return
        case .network(let name):
            throw VaultError(
                .refused,
                "\(path) is on a network file system (\(name)), where a sync may not be one",
                hint: "put the archive on a local disk, and copy it from there"
            )
        case .userSpace:
            guard !rules.allowsFUSE else { return }
            throw VaultError(
                .refused,
                "\(path) is on a file system in user space (FUSE)",
                hint:
                    "put the archive on a local disk; if it is as safe, set `store.allow_fuse: true`"
            )
        }
    }
}
