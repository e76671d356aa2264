internal import FoundationEssentials
internal import LarkiveCore
internal import CLinux

/// One writer at a time: the lock is held as long as this value lives, and dies with the process.
final class VaultLock: Sendable {
    static let fileName = "lock"
    /// Who only looks has the lock for moments: a run that begins just then looks again.
    private static let looks = 10
    private static let pauseMilliseconds: UInt32 = 20

    private let file: File

    private init(_ file: File) { self.file = file }

    // A program that is just being started shares the open file until it runs: closing it here
    // would leave the lock with it for that moment.
    deinit { file.unlock() }

    /// Whether a run is going on; to be asked only when the answer matters, since asking takes the
    /// lock for a moment.
    static func isHeld(in root: Directory) throws(DiskError) -> Bool {
        do {
            return try !root.file(fileName, .reading).tryLock()
        } catch {
            guard error.isMissing else { throw error }
            return false
        }
    }

    /// Takes the lock without writing down who has it; nil when a run has it.
    static func takeBriefly(in root: Directory) throws(DiskError) -> VaultLock? {
        let file = try root.file(fileName, .writing)
        return try file.tryLock() ? VaultLock(file) : nil
    }

    /// Takes the lock and writes down who has it; a lock in use is refused at once.
    static func take(in root: Directory, at now: Timestamp) throws -> VaultLock {
        let file = try root.file(fileName, .writing)
        guard try wait(for: file) else {
            let holder = String(decoding: try file.read(at: 0, count: 1_024), as: UTF8.self)
            throw VaultError(
                .locked,
                "another run has the archive: \(holder.filter { $0 != "\n" })",
                hint: "wait for it to end; nothing was done"
            )
        }
        let lock = VaultLock(file)
        try lock.tellHolder(at: now)
        return lock
    }

    private static func wait(for file: File) throws(DiskError) -> Bool {
        for _ in 1..<looks {
            if try file.tryLock() { return true }
            _ = lk_pause(pauseMilliseconds)
        }
        return try file.tryLock()
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
