internal import LarkiveCore

/// When some of the records were written: enough to say between which times a fault lies.
struct Timeline {
    private static let step: Int64 = 256

    private var marks: [(seq: Int64, time: Timestamp)] = []
    private var latest: (seq: Int64, time: Timestamp)?
    private var isNextWanted = true

    /// Notes a sound record; one in 256 is kept, and those next to a fault.
    mutating func pass(_ seq: Int64, _ time: Timestamp) {
        latest = (seq, time)
        guard isNextWanted || seq >= (marks.last?.seq ?? 0) + Self.step else { return }
        marks.append((seq, time))
        isNextWanted = false
    }

    /// Keeps the records on both sides of this place.
    mutating func mark() {
        if let latest, marks.last?.seq != latest.seq { marks.append(latest) }
        isNextWanted = true
    }

    /// The time of a sound record before this one.
    func time(before seq: Int64) -> Timestamp? {
        if let latest, latest.seq < seq { return latest.time }
        return marks.last { $0.seq < seq }?.time
    }

    /// The time of a sound record after this one.
    func time(after seq: Int64) -> Timestamp? {
        if let found = marks.first(where: { $0.seq > seq }) { return found.time }
        return latest.flatMap { $0.seq > seq ? $0.time : nil }
    }
}

/// A fault of the log: a finding that still has to learn between which times it lies.
struct LogFault {
    let code: Finding.Code
    let subject: String
    var detail: String
    let first: Int64
    /// Nil while it is not known how far it reaches, or when nothing comes after it.
    var last: Int64?

    func finding(on timeline: Timeline) -> Finding {
        let (after, before) = (
            timeline.time(before: first), last.flatMap { timeline.time(after: $0) }
        )
        // Where nothing stands beside the range, its own ends are what is known.
        let from = after ?? timeline.time(after: first - 1)
        let to = before ?? last.flatMap { timeline.time(before: $0 + 1) }
        var times = [from.map { "\(after == nil ? "from" : "after") \($0)" }].compactMap { $0 }
        if let to, before != nil || to != from {
            times.append("\(before == nil ? "until" : "before") \(to)")
        }
        let place = ([records] + times).joined(separator: ", ")
        var finding = Finding(code, subject, "\(detail); \(place)")
        finding.facts = [
            "records": .array([.integer(first)] + (last.map { [.integer($0)] } ?? [])),
            "from": from.map { .string($0.description) },
            "to": to.map { .string($0.description) },
        ]
        return finding
    }

    private var records: String {
        guard let last else { return "records from \(first) on" }
        return first == last ? "record \(first)" : "records \(first) to \(last)"
    }
}
