import CLinux
import Glibc
import LarkiveCore
import LarkiveVault
import SystemPackage

/// Landlock: from here on the program can write to a few places only, whatever goes wrong in it.
///
/// The kernel restricts a thread and those that it starts, so this has to be done before there is a
/// second one.
enum Sandbox {
    enum Outcome: Equatable {
        case restricted(abi: Int32)
        /// The kernel has none, or one that cannot keep links within the archive apart (version 1).
        case unavailable
    }

    /// Version 1 forbids every link and rename between folders.
    private static let oldest: Int32 = 2

    /// Bits of linux/landlock.h: what changes something.
    private static let writeFile: UInt64 = 1 << 1
    private static let removeAndMake: UInt64 = (4...12).reduce(0) { $0 | 1 << UInt64($1) }
    private static let refer: UInt64 = 1 << 13
    private static let truncate: UInt64 = 1 << 14

    /// The kernel's version of Landlock; nil where it is of no use.
    static var abi: Int32? {
        let found = lk_landlock_abi()
        return found >= oldest ? found : nil
    }

    private static func rights(of abi: Int32) -> UInt64 {
        writeFile | removeAndMake | refer | (abi >= 3 ? truncate : 0)
    }

    /// Lets the program write beneath these folders and to /dev/null, and nowhere else.
    ///
    /// Of a folder that is still to be made the nearest one that is there counts.
    ///
    /// `targets` are reached with the rights of whom they are for.
    static func restrict(
        toWriting folders: [String],
        and targets: [String] = [],
        for recipient: Recipient = .oneself
    ) throws -> Outcome {
        guard let abi else { return .unavailable }
        let rights = rights(of: abi)
        let rules = try checked(lk_landlock_new(rights))
        defer { _ = lk_close(rules) }
        for folder in folders { try allow(folder, rights, rules) }
        try recipient.act { () throws in
            for folder in targets { try allow(folder, rights, rules) }
        }
        try allow("/dev/null", writeFile | (rights & truncate), rules)
        try checked(lk_landlock_enter(rules))
        return .restricted(abi: abi)
    }

    private static func allow(
        _ path: String,
        _ rights: UInt64,
        _ rules: Int32
    ) throws(UsageError) {
        var place = path[...]
        var found = lk_look_path(path)
        while found == -Errno.noSuchFileOrDirectory.rawValue, place != ".", place != "/" {
            place = RealPath.above(place) ?? "."
            found = lk_look_path(String(place))
        }
        // What cannot be reached cannot be written either.
        guard found >= 0 else { return }
        defer { _ = lk_close(found) }
        let allowed = lk_landlock_allow(rules, found, rights)
        // A file takes no rights of folders; that it is none is for the command to say.
        guard allowed != -Errno.invalidArgument.rawValue else {
            try checked(lk_landlock_allow(rules, found, rights & (writeFile | truncate)))
            return
        }
        // A pipe takes none at all; that it is no folder is for the command to say as well.
        guard allowed != -EBADFD else { return }
        try checked(allowed)
    }

    @discardableResult
    private static func checked(_ result: Int32) throws(UsageError) -> Int32 {
        guard result < 0 else { return result }
        throw UsageError(
            "the sandbox cannot be set up: \(Errno(rawValue: -result))",
            exitCode: .unclassified
        )
    }
}

/// A command that writes only where it says.
protocol Sandboxed: SendableMetatype {
    var options: CommonOptions { get }
    /// Folders beside those of the archive.
    var targets: [String] { get }
    /// With whose rights they are written.
    var recipient: Recipient { get throws }
}

extension Sandboxed {
    var targets: [String] { [] }
    var recipient: Recipient { .oneself }

    /// To be called before there is a second thread.
    ///
    /// A config that cannot be read is told by the command itself.
    func enterSandbox() throws {
        guard let world = try? World.live(options) else { return }
        _ = try Sandbox.restrict(toWriting: world.writable, and: targets, for: recipient)
    }
}

extension World {
    /// Where larkive may write by its settings: the archive, STATE, the user's login, copies.
    var writable: [String] {
        var folders = [config.archive] + config.auditCopies
        if let state = config.state { folders.append(state) }
        if let place = ReadingVault.placeOutside(config.archive) { folders.append(place) }
        // An archive that cannot be read has no STATE to write to, and the command will say so.
        if let identity = try? ReadingVault.identity(at: config.archive) {
            folders.append(state(of: identity.id))
        }
        if let file = config.feishu.userTokenFile {
            folders.append(FilePath(file).removingLastComponent().string)
        }
        return folders
    }
}
