internal import FoundationEssentials
internal import LarkiveCore

/// Names for files of a command that only looks.
///
/// They are needed only until SQLite has the files open. Dying before leaves them; the next run removes
/// those in `staging/`.
enum LookName {
    private static let prefix = "look-"

    static func made() -> String {
        var random = SystemRandomNumberGenerator()
        return prefix + Hex.text((0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    static func isOne(_ name: String) -> Bool { name.hasPrefix(prefix) }

    /// Takes away a database of SQLite with its journal, as far as they are there.
    static func remove(_ name: String, from staging: Directory) {
        for ending in ["", "-journal"] { try? staging.remove(name + ending) }
    }
}
