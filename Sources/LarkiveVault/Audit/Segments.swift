internal import LarkiveCore

/// The name of a sealed piece of the log: `2026/11/000000123.jsonl.gz` below `audit`.
struct SegmentName: Hashable, Comparable, Sendable {
    private static let ending = ".jsonl.gz"
    /// Nine digits.
    private static let end: Int64 = 1_000_000_000

    let folder: Month
    /// Gapless from 0 over all folders.
    let number: Int64

    struct Month: Hashable, Comparable, Sendable {
        let year: String
        let month: String

        init?(year: String, month: String) {
            guard year.utf8.count == 4, month.utf8.count == 2, Int(year) != nil, Int(month) != nil
            else { return nil }
            self.year = year
            self.month = month
        }

        init(_ date: CivilDate) {
            year = date.year.padded(4)
            month = date.month.padded(2)
        }

        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.year, lhs.month) < (rhs.year, rhs.month)
        }
    }

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }

    var file: String { number.padded(9) + Self.ending }
    var path: String { "\(folder.year)/\(folder.month)/\(file)" }

    init(folder: Month, number: Int64) {
        self.folder = folder
        self.number = number
    }

    init?(folder: Month, file: String) {
        guard file.hasSuffix(Self.ending), let number = Int64(file.dropLast(Self.ending.count)),
            number < Self.end
        else { return nil }
        self.init(folder: folder, number: number)
        guard self.file == file else { return nil }
    }

    /// The folder never goes back, so that the order of paths is the order of records.
    func next(at time: Timestamp) -> SegmentName {
        SegmentName(folder: max(folder, Month(time.date)), number: number + 1)
    }

    static func first(at time: Timestamp) -> SegmentName {
        SegmentName(folder: Month(time.date), number: 0)
    }
}

/// The sealed segments of a log, below its `audit` folder.
struct Segments: Sendable {
    /// No segment is larger than this before compression, apart from one last group.
    ///
    /// Whoever looks for one record unpacks a whole one.
    static let sealAt = 2 << 20
    static let longest = 160 << 20
    private static let glance = 4 << 10

    let audit: Directory

    func all() throws(DiskError) -> [SegmentName] {
        var names: [SegmentName] = []
        for folder in try months() { names += try segments(in: folder) }
        return names.sorted()
    }

    /// The newest, found without looking at older folders.
    func last() throws(DiskError) -> SegmentName? {
        for folder in try months().reversed() {
            if let newest = try segments(in: folder).max() { return newest }
        }
        return nil
    }

    /// The two newest months have no gaps, in themselves and between them.
    ///
    /// What is in the middle of the log is looked at by `verify`, not by every run.
    func checkNewest() throws {
        var names: [SegmentName] = []
        for folder in try months().suffix(2) { names += try segments(in: folder).sorted() }
        for (before, after) in zip(names, names.dropFirst())
        where after.number != before.number + 1 {
            throw AuditError(
                .damaged,
                "segment \(before.number + 1) is missing before \(after.path)"
            )
        }
        if let first = names.first, first.number > 0, try months().count <= 2 {
            throw AuditError(.damaged, "segment 0 is missing before \(first.path)")
        }
    }

    /// Folders of segments, oldest first.
    func months() throws(DiskError) -> [SegmentName.Month] {
        var months: [SegmentName.Month] = []
        for year in try audit.names() where year.utf8.count == 4 && Int(year) != nil {
            months += try audit.directory(year).names()
                .compactMap { SegmentName.Month(year: year, month: $0) }
        }
        return months.sorted()
    }

    func segments(in folder: SegmentName.Month) throws(DiskError) -> [SegmentName] {
        try directory(of: folder).names().compactMap { SegmentName(folder: folder, file: $0) }
    }

    private func directory(of folder: SegmentName.Month) throws(DiskError) -> Directory {
        try audit.directory(folder.year).directory(folder.month)
    }

    /// The plain lines of a segment.
    func read(_ name: SegmentName) throws(AuditError) -> [UInt8] {
        let packed = try packed(name)
        do {
            return try Gzip.decompress(packed, limit: Self.longest)
        } catch { throw AuditError(.damaged, "segment \(name.path): \(error.detail)") }
    }

    /// Gives the lines one after the other, until `take` wants no more: what is behind is not unpacked.
    func forEachLine(
        of name: SegmentName,
        _ take: (ArraySlice<UInt8>) -> Bool
    ) throws(AuditError) {
        let packed = try packed(name)
        do { try Self.forEachLine(in: packed, take) } catch {
            throw AuditError(.damaged, "segment \(name.path): \(error.detail)")
        }
    }

    private static func forEachLine(
        in packed: [UInt8],
        _ take: (ArraySlice<UInt8>) -> Bool
    ) throws(AuditError) {
        var (rest, isWanted) = ([UInt8](), true)
        try Gzip.unpack(packed, limit: longest) { piece in
            rest += piece
            // A long line is looked through once, not with each of its pieces.
            guard let end = piece.lastIndex(of: UInt8(ascii: "\n")) else { return true }
            let lines = rest.dropLast(piece.endIndex - end - 1)
            rest.removeFirst(lines.count)
            for line in Lines(lines) {
                isWanted = take(line)
                if !isWanted { break }
            }
            return isWanted
        }
        if isWanted, !rest.isEmpty { _ = take(rest[...]) }
    }

    /// The time of the first record, without unpacking more than a glance; nil where that is longer.
    func firstTime(of name: SegmentName) throws(AuditError) -> Timestamp? {
        let packed = try beginning(of: name)
        var (lines, time) = ([UInt8](), Timestamp?.none)
        do {
            let isBeginning = packed.count == Self.glance
            try Gzip.unpack(packed, limit: Self.longest, isBeginning: isBeginning) { piece in
                lines += piece
                time = AuditLine.firstTime(in: lines)
                return time == nil
            }
        } catch { throw AuditError(.damaged, "segment \(name.path): \(error.detail)") }
        return time
    }

    /// In bytes, as it lies there.
    func size(of name: SegmentName) throws(AuditError) -> Int64 {
        do { return try directory(of: name.folder).file(name.file, .reading).size() } catch {
            throw error.asAuditError
        }
    }

    private func beginning(of name: SegmentName) throws(AuditError) -> [UInt8] {
        do {
            return try directory(of: name.folder).file(name.file, .reading)
                .read(at: 0, count: Self.glance)
        } catch {
            guard error.isMissing else { throw error.asAuditError }
            throw AuditError(.damaged, "segment \(name.path) is missing")
        }
    }

    private func packed(_ name: SegmentName) throws(AuditError) -> [UInt8] {
        do {
            let packed = try directory(of: name.folder).contents(name.file)
            if let packed { return packed }
        } catch { throw error.asAuditError }
        throw AuditError(.damaged, "segment \(name.path) is missing")
    }

    /// Keeps lines as a segment, after unpacking them again and comparing.
    ///
    /// Dying before the link leaves nothing; dying after it leaves a journal whose records are all
    /// in this segment, which the next opening drops.
    func write(_ lines: [UInt8], as name: SegmentName) throws(AuditError) {
        let packed = try Gzip.compress(lines)
        guard try Gzip.decompress(packed, limit: Self.longest) == lines else {
            throw AuditError(.notWritable, "segment \(name.path) does not unpack to what it packed")
        }
        do {
            let folder = try audit.makeDirectory(name.folder.year).makeDirectory(name.folder.month)
            let isOurs = try folder.createOnce(name.file, with: packed)
            guard isOurs else { throw DiskError(call: "link", path: name.path, errno: 17) }
        } catch let failure as DiskError {
            throw failure.asAuditError
        } catch { throw AuditError(.notWritable, "\(error)") }
    }
}

/// Splits bytes after each line feed.
struct Lines: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.init(bytes[...]) }
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next line with its line feed; the last one may lack it.
    mutating func next() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let count = rest.place(of: UInt8(ascii: "\n")) + 1
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
