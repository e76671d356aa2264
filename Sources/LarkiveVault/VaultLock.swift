internal import FoundationEssentials
internal import LarkiveCore
internal import CLinux

/// One writer at a time: the lock is held as long as this value lives, and dies with the process.
///
/// The file `lock` names who has it. The archive's folder is locked as well, so that a run whose
/// file somebody has removed or replaced still has the archive.
final class VaultLock: Sendable {
    static let fileName = "lock"
    /// Who only looks has the lock for moments: a run that begins just then looks again.
    private static let looks = 10
    /// As often as a pause fits into a second, less what starting a program takes.
    private static let longestLooks = 45
    private static let pauseMilliseconds: UInt32 = 20

    private let file: File
    private let folder: Directory

    private init(_ file: File, _ folder: Directory) { (self.file, self.folder) = (file, folder) }

    // A program that is just being started shares the open file until it runs: closing it here
    // would leave the lock with it for that moment.
    deinit { file.unlock() }

    /// Both locks; nil when one of them is in use.
    private static func tryBoth(_ file: File, in root: Directory) throws(DiskError) -> VaultLock? {
        guard let folder = try root.locked(), try file.tryLock() else { return nil }
        return VaultLock(file, folder)
    }

    /// Whether a run is going on; to be asked only when the answer matters, since asking takes the
    /// lock for a moment.
    static func isHeld(in root: Directory) throws(DiskError) -> Bool {
        do {
            guard let folder = try root.locked() else { return true }
            defer { withExtendedLifetime(folder) {} }
            let file = try root.file(fileName, .reading)
            guard try file.tryLock() else { return true }
            file.unlock()
            return false
        } catch {
            guard error.isMissing else { throw error }
            return false
        }
    }

    /// Takes the lock without writing down who has it; nil when a run has it.
    static func takeBriefly(in root: Directory) throws(DiskError) -> VaultLock? {
        let file = try root.file(fileName, .writing)
        return try tryBoth(file, in: root)
    }

    /// Takes the lock and writes down who has it; a lock in use is refused within a second.
    ///
    /// The refusal names who has it. A run that has just begun may not have said so yet: it is
    /// given the rest of the second.
    static func take(
        in root: Directory,
        at now: Timestamp,
        pausing pause: () -> Void = { _ = lk_pause(pauseMilliseconds) }
    ) throws -> VaultLock {
        let file = try root.file(fileName, .writing)
        for look in 1...longestLooks {
            if let lock = try tryBoth(file, in: root) {
                try lock.tellHolder(at: now)
                return lock
            }
            if look >= looks, let name = try holder(in: file) { throw refusal(": \(name)") }
            if look < longestLooks { pause() }
        }
        throw refusal(", and has not said who it is")
    }

    /// The line that a holder has written; nil before it stands there whole.
    private static func holder(in file: File) throws(DiskError) -> String? {
        let line = String(decoding: try file.read(at: 0, count: 1_024), as: UTF8.self)
        return line.last == "\n" ? String(line.dropLast()) : nil
    }

    private static func refusal(_ holder: String) -> VaultError {
        VaultError(
            .locked,
            "another run has the archive\(holder)",
            hint: "wait for it to end; nothing was done"
        )
    }

    /// For people who wonder; nothing is decided by it.
    private func tellHolder(at now: Timestamp) throws(DiskError) {
        try file.truncate(to: 0)
        let host = ProcessInfo.processInfo.hostName
        do {
            try file.write(Array("host \(host), pid \(lk_pid()), since \(now)\n".utf8))
        } catch let failure where failure.isSpace {
            // The run may still have its end to record, from the reserve.
        }
    }
}
