import ArgumentParser

/// Where something is written to.
enum Target {
    /// Bytes that are no UTF-8 arrive as U+FFFD, which would be another place.
    static func check(_ to: String) throws {
        if to.isEmpty { throw ValidationError("--to needs the name of a folder or file") }
        guard !to.unicodeScalars.contains("\u{FFFD}") else {
            throw ValidationError("--to has bytes that are no UTF-8; give it another name")
        }
    }
}
