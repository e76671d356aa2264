internal import LarkiveCore

/// Follows the order of lines through segments and journal.
struct LineChain {
    var size: Int64 = 0
    var leaf: TreeHash?

    mutating func take(
        _ bytes: ArraySlice<UInt8>,
        in place: String,
        _ findings: inout [Finding]
    ) -> AuditLine? {
        let line: AuditLine
        do {
            line = try AuditLine(reading: Array(bytes))
        } catch {
            findings.append(Finding(.lineInvalid, "\(place), record \(size)", "\(error.kind)"))
            size += 1
            leaf = nil
            return nil
        }
        let followsOn = line.record.seq == size && (leaf == nil || line.previous == leaf)
        if !followsOn {
            findings.append(
                Finding(
                    .lineOutOfOrder,
                    "\(place), record \(line.record.seq)",
                    "it does not follow the record before it"
                )
            )
        }
        size = line.record.seq + 1
        leaf = line.leaf
        return line
    }
}
