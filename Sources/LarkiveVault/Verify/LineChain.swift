internal import LarkiveCore

/// Follows the order of lines through segments and journal.
struct LineChain {
    /// The number that the next record must have.
    private(set) var size: Int64 = 0
    /// The leaf of the last record; nil at the beginning and after a fault.
    private(set) var leaf: TreeHash?
    private(set) var faults: [LogFault] = []
    private(set) var timeline = Timeline()
    /// How many records are certainly those that were written; nil while all are.
    private(set) var soundUntil: Int64?
    /// Lines that are none, in the file that was read last.
    private var invalid = 0
    /// The fault that ends with the next sound record.
    private var open: Int?
    /// Whether nobody knows how many records the end has lost.
    var hasLostItsEnd: Bool { open != nil }

    /// Takes the next line; nil when it is none.
    mutating func take(_ bytes: ArraySlice<UInt8>, in place: String) -> AuditLine? {
        let line: AuditLine
        do {
            line = try AuditLine(reading: Array(bytes))
        } catch {
            reportInvalid(place, error.kind.words)
            (size, leaf) = (size + 1, nil)
            return nil
        }
        follow(line, in: place)
        (size, leaf) = (line.record.seq + 1, line.leaf)
        timeline.pass(line.record.seq, line.record.time)
        return line
    }

    /// Whether a line comes next.
    func isContinued(by line: AuditLine) -> Bool {
        line.record.seq == size && (leaf == nil ? soundUntil != nil || size == 0 : true)
            && (leaf == nil || line.previous == leaf)
    }

    private mutating func follow(_ line: AuditLine, in place: String) {
        let seq = line.record.seq
        if let open, seq >= size {
            if seq > 0 { faults[open].last = max(faults[open].first, seq - 1) }
            self.open = nil
            return
        }
        guard seq != size || (leaf != nil && line.previous != leaf) else { return }
        if seq > size {
            report(.lineOutOfOrder, place, "records are missing before it", size...(seq - 1))
        } else if seq == size {
            let detail = "it does not follow on the record before it: one of the two was changed"
            report(.lineOutOfOrder, place, detail, max(0, seq - 1)...seq)
        } else {
            report(.lineOutOfOrder, place, "it stands here again or too late", seq...seq)
        }
    }

    /// One finding for all lines of a file.
    private mutating func reportInvalid(_ place: String, _ words: String) {
        let known = faults.lastIndex { $0.code == .lineInvalid && $0.subject == place }
        guard let known else {
            invalid = 1
            return report(.lineInvalid, place, "it is no line of the log: \(words)", size...size)
        }
        invalid += 1
        faults[known].last = size
        faults[known].detail = "\(invalid) lines are none of the log; the last: \(words)"
        timeline.mark()
    }

    private mutating func report(
        _ code: Finding.Code,
        _ place: String,
        _ detail: String,
        _ range: ClosedRange<Int64>
    ) {
        let (first, last) = (range.lowerBound, range.upperBound)
        let fault = LogFault(code: code, subject: place, detail: detail, first: first, last: last)
        add(fault, soundUntil: first)
    }

    /// Notes that an unknown number of records is lost from here on.
    mutating func lose(_ code: Finding.Code, _ place: String, _ detail: String) {
        guard open == nil else {
            let fault = LogFault(code: code, subject: place, detail: detail, first: size)
            return add(fault, soundUntil: size)
        }
        open = faults.count
        add(
            LogFault(code: code, subject: place, detail: detail, first: size),
            soundUntil: size
        )
        leaf = nil
    }

    /// A fault that leaves every record where it is.
    mutating func note(_ fault: LogFault) {
        timeline.mark()
        faults.append(fault)
    }

    private mutating func add(_ fault: LogFault, soundUntil end: Int64) {
        timeline.mark()
        faults.append(fault)
        soundUntil = min(soundUntil ?? end, end)
    }
}
