internal import LarkiveCore

extension OpenedLog {
    /// The segments that hold the records from `seq` on, oldest first; older ones are not read.
    static func names(from seq: Int64, _ segments: Segments) throws(AuditError) -> [SegmentName] {
        do {
            var names: [SegmentName] = []
            for folder in try segments.months().reversed() {
                for name in try segments.segments(in: folder).sorted().reversed() {
                    names.append(name)
                    if try firstSeq(of: name, segments) <= seq { return names.reversed() }
                }
            }
            return names.reversed()
        } catch { throw AuditError(error) }
    }

    private static func firstSeq(
        of name: SegmentName,
        _ segments: Segments
    ) throws(AuditError) -> Int64 {
        let bytes = try segments.read(name)
        guard let first = Lines(bytes).first(where: { _ in true }),
            let line = try? AuditLine(reading: Array(first))
        else { throw AuditError(.damaged, "segment \(name.path) has no valid first line") }
        return line.record.seq
    }

    /// The leaf hashes of a segment's records from `seq` on.
    static func leaves(
        of name: SegmentName,
        in segments: Segments,
        from seq: Int64
    ) throws(AuditError) -> [TreeHash] {
        var leaves: [TreeHash] = []
        for slice in Lines(try segments.read(name)) {
            guard let line = try? AuditLine(reading: Array(slice)) else {
                throw AuditError(.damaged, "segment \(name.path) has an invalid line")
            }
            if line.record.seq >= seq { leaves.append(line.leaf) }
        }
        return leaves
    }
}
