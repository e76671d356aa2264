internal import CLinux

/// How the bytes and the names of a group are made durable.
///
/// One `syncfs` writes all that waits on the file system, other people's data included, and waits
/// for it: cheaper than one sync for each of many files, dearer for few. Kernels before 5.8 do not
/// tell when it failed, so there each file is synced by itself.
struct Barriers: Sendable {
    /// From this many files or folders on, one flush of the file system is cheaper than one for each.
    static let many = 8

    let barrier: VaultRules.Barrier
    let tellsErrors: Bool

    init(_ barrier: VaultRules.Barrier, kernel: String = Self.kernel) {
        self.barrier = barrier
        let numbers = kernel.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        tellsErrors = numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 8)
    }

    /// The release of the running kernel, like `6.1.0-28-amd64`.
    static var kernel: String {
        var text = [CChar](repeating: 0, count: 65)
        guard lk_release(&text) == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func isOneFlush(for count: Int) -> Bool {
        guard tellsErrors else { return false }
        return switch barrier {
        case .auto: count >= Self.many
        case .syncfs: true
        case .fsync: false
        }
    }
}
