internal import LarkiveCore

/// How far the log had come at one moment, as far as a look at names and sizes tells.
package struct LogEnd: Equatable, Sendable {
    /// So often a reader looks again before it accuses an archive that others work on.
    package static let looks = 6

    private let journal: Int64
    private let segment: String?

    package init(at path: String) throws {
        do {
            try self.init(try Directory.open(path))
        } catch { throw VaultError(error) }
    }

    init(_ root: Directory) throws {
        let audit = try? root.directory("audit")
        journal = (try? audit?.file(JournalFile.name, .reading).size()) ?? 0
        segment = try audit.flatMap { try Segments(audit: $0).last()?.path }
    }

    /// Whether a run is going on, or has been since.
    package func hasMoved(at path: String) throws -> Bool {
        do {
            return try hasMoved(try Directory.open(path))
        } catch { throw VaultError(error) }
    }

    func hasMoved(_ root: Directory) throws -> Bool {
        if try VaultLock.isHeld(in: root) { return true }
        return try LogEnd(root) != self
    }
}
