internal import LarkiveCore

/// Where in the log a record of some time should stand; remembers what it has read for that.
///
/// A clock may have stepped, so that this is no more than a good guess.
struct SegmentTimes {
    let names: [SegmentName]
    private let segments: Segments
    private var begins: [Int: Timestamp?] = [:]
    /// Why a segment was not read.
    private(set) var unread: AuditError?

    init(_ segments: Segments) throws {
        self.segments = segments
        names = try segments.all()
    }

    /// The segment in which a record of that time should stand, and its neighbours; reads O(log n).
    ///
    /// One that cannot be read is passed over, as if it began before.
    mutating func around(_ time: Timestamp) -> [SegmentName] {
        guard !names.isEmpty else { return [] }
        var (low, high) = (0, names.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            let begin = begin(of: middle)
            if begin.map({ $0 <= time }) ?? true { low = middle } else { high = middle }
        }
        return [low, low - 1, low + 1].filter(names.indices.contains).map { names[$0] }
    }

    private mutating func begin(of place: Int) -> Timestamp? {
        if let known = begins[place] { return known }
        var time: Timestamp?
        do { time = try segments.firstTime(of: names[place]) } catch { unread = error }
        begins[place] = .some(time)
        return time
    }
}

extension AuditLine {
    private static let opening = Array("{\"record\":".utf8)
    private static let hidden = Array(",\"private\":".utf8)

    /// The time of the record at the beginning of lines; nil where they do not hold all of it.
    ///
    /// No record has quotes in a text, or a field `private`, so that it ends where that begins.
    static func firstTime(in lines: [UInt8]) -> Timestamp? {
        guard lines.starts(with: opening), let end = lines.firstRange(of: hidden) else {
            return nil
        }
        let record = lines[opening.count..<end.lowerBound]
        let fields = try? JSONReader.read(Array(record), duplicates: .refused)
        return fields?["time"]?.string.flatMap { Timestamp($0) }
    }
}
