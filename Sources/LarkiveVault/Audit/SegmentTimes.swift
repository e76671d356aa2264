internal import LarkiveCore

/// Where in the log a record of some time should stand; remembers what it has read for that.
///
/// A clock may have stepped, so that this is no more than a good guess.
struct SegmentTimes {
    let names: [SegmentName]
    private let segments: Segments
    private var begins: [Int: Timestamp?] = [:]

    init(_ segments: Segments) throws {
        self.segments = segments
        names = try segments.all()
    }

    /// The segment in which a record of that time should stand, and its neighbours; reads O(log n).
    mutating func around(_ time: Timestamp) throws -> [SegmentName] {
        guard !names.isEmpty else { return [] }
        var (low, high) = (0, names.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            let begin = try begin(of: middle)
            if begin.map({ $0 <= time }) ?? true { low = middle } else { high = middle }
        }
        return [low, low - 1, low + 1].filter(names.indices.contains).map { names[$0] }
    }

    private mutating func begin(of place: Int) throws -> Timestamp? {
        if let known = begins[place] { return known }
        let time = try segments.firstLine(of: names[place])?.record.time
        begins[place] = .some(time)
        return time
    }
}
