internal import LarkiveCore
internal import Synchronization

/// The disk as the store sees it: how much room there is, and whether it can be believed.
///
/// A write or sync that failed is never tried again: the kernel takes the pages for clean after
/// the first failure, says yes to the second sync, and shows bytes that never reached the disk. So
/// the first error of the disk ends the store for this run, and every later call repeats it; what
/// was under way is abandoned, and the next run begins with what can be read back. Want of room is
/// no such error: nothing was promised, and what is there is whole.
final class DiskRoom: Sendable {
    /// Free space that stays for the audit log and the manifest: 1 % of the file system, within bounds.
    static let reserve: ClosedRange<Int64> = (4 << 20)...(64 << 20)

    let staging: Directory
    private let failure = Mutex<StoreError?>(nil)
    /// Bytes that writers may still write without asking again.
    private let claimed = Mutex<Int64>(0)

    init(_ staging: Directory) { self.staging = staging }

    static func reserve(of total: Int64) -> Int64 {
        min(max(total / 100, reserve.lowerBound), reserve.upperBound)
    }

    /// Throws when so many bytes more would touch the reserve, with what others may still write.
    func check(for wanted: Int64) throws(StoreError) { try claim(wanted, keeping: 0) }

    /// As ``check(for:)``; the bytes are counted as used until they are released.
    func claim(_ wanted: Int64) throws(StoreError) { try claim(wanted, keeping: wanted) }

    private func claim(_ wanted: Int64, keeping kept: Int64) throws(StoreError) {
        try claimed.withLock { claimed throws(StoreError) in
            let space = try self.space()
            guard space.available - claimed - wanted >= Self.reserve(of: space.total) else {
                throw StoreError(.noSpace, Self.words(staging.path, space, wanted: wanted))
            }
            claimed += kept
        }
    }

    private func space() throws(StoreError) -> (available: Int64, total: Int64) {
        do {
            return try staging.space()
        } catch { throw error.asStoreError }
    }

    func release(_ bytes: Int64) { claimed.withLock { $0 -= bytes } }

    /// Does something with the disk, unless the disk has failed before.
    func attempt<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        if let failure = failure.withLock({ $0 }) { throw failure }
        do {
            return try body()
        } catch {
            let told = told(error)
            if told.kind == .io || told.kind == .notWritable {
                failure.withLock { $0 = $0 ?? told }
            }
            throw told
        }
    }

    /// With the figures, where room is wanting.
    private func told(_ error: any Error) -> StoreError {
        guard let failure = error as? DiskError, failure.isSpace else { return StoreError(error) }
        let figures: String
        do {
            figures =
                try staging.isOutOfInodes()
                ? "no more files can be made there (no inodes left)"
                : Self.words(staging.path, try staging.space(), wanted: 0)
        } catch { figures = "how much is free cannot be told: \(error)" }
        return StoreError(.noSpace, "\(failure.description); \(figures)")
    }

    private static func words(
        _ path: String,
        _ space: (available: Int64, total: Int64),
        wanted: Int64
    ) -> String {
        "\(path): \(space.available) bytes free, \(wanted) wanted, "
            + "\(reserve(of: space.total)) kept for the audit log"
    }
}
