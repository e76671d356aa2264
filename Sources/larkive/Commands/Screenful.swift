import ArgumentParser

/// How many rows of a long answer are shown.
enum Screenful {
    /// A terminal is shown so many unless it asks for more.
    private static let rows = 50

    static func check(_ limit: Int?) throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    }

    /// Nil for all: what goes into a pipe or a program is never cut short unasked.
    static func limit(_ given: Int?, json: Bool) -> Int? {
        given ?? (Terminal.outputIsTerminal && !json ? rows : nil)
    }
}
