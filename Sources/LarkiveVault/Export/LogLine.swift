internal import LarkiveCore

/// A line of the log of which only the record has been read.
struct LogLine {
    private static let (start, middle) = (Array(#"{"record":"#.utf8), Array(#","private":"#.utf8))

    let bytes: [UInt8]
    /// R's own bytes.
    let record: [UInt8]
    let fields: JSONObject
    let seq: Int64
    let type: RecordType?

    /// No text in R holds a quote, so the first `,"private":` is behind it.
    init(_ bytes: [UInt8]) throws(AuditError) {
        guard bytes.starts(with: Self.start), let end = Self.end(of: bytes),
            case let record = Array(bytes[Self.start.count..<end]),
            let fields = (try? JSONReader.read(record, duplicates: .refused))?.object,
            let seq = fields["seq"]?.integer
        else { throw AuditError(.damaged, "the log has a line that is none") }
        (self.bytes, self.record, self.fields, self.seq) = (bytes, record, fields, seq)
        type = fields["type"]?.string.flatMap(RecordType.init(rawValue:))
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        let quote = UInt8(ascii: ",")
        var place = start.count
        while place + middle.count <= bytes.count {
            if bytes[place] == quote, bytes[place...].starts(with: middle) { return place }
            place += 1
        }
        return nil
    }

    /// The private part, after its commitment has been checked.
    func hidden() throws(AuditError) -> JSONObject {
        do {
            return try AuditLine(reading: bytes).record.event.hidden
        } catch { throw AuditError(.damaged, "record \(seq): \(error.kind.words)") }
    }

    /// The line without its private part.
    var withoutPrivate: [UInt8] { Self.start + record + Array("}\n".utf8) }
}
