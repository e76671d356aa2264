internal import LarkiveCore

/// The runs that the log speaks of, newest first: the one order that no clock can change.
struct LogRuns {
    let audit: Directory

    /// The newest run that is wanted, found from the end of the log.
    func newest(_ isWanted: (RunID) throws -> Bool) throws -> RunID? {
        let journal = try audit.contents(JournalFile.name) ?? []
        var refused: Set<RunID> = []
        if let found = try Self.newest(in: journal, &refused, isWanted) { return found }
        let segments = Segments(audit: audit)
        for month in try segments.months().reversed() {
            for name in try segments.segments(in: month).sorted().reversed() {
                let lines = try segments.read(name)
                if let found = try Self.newest(in: lines, &refused, isWanted) { return found }
            }
        }
        return nil
    }

    /// The last line of a journal may be torn, and is passed over.
    private static func newest(
        in bytes: [UInt8],
        _ refused: inout Set<RunID>,
        _ isWanted: (RunID) throws -> Bool
    ) throws -> RunID? {
        var end = bytes.endIndex
        while end > 0 {
            let start = bytes[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let line = try? AuditLine(reading: Array(bytes[start..<end]))
            end = start
            guard let run = line?.record.run, !refused.contains(run) else { continue }
            if try isWanted(run) { return run }
            refused.insert(run)
        }
        return nil
    }
}
