internal import LarkiveCore

/// One line of the audit log: `{"record":R,"private":P}` and a line feed.
///
/// Source: docs/format.md, "The audit line". There is one form only: what does not read back to
/// the same bytes is refused.
struct AuditLine: Hashable, Sendable {
    static let longestRecord = 60_000
    static let longestLine = 4 << 20
    static let saltBytes = 16
    /// `prev` of the first record.
    static let noPrevious = String(repeating: "0", count: 64)

    let record: AuditRecord
    let previous: TreeHash?
    /// The line's bytes with the line feed.
    let bytes: [UInt8]
    let leaf: TreeHash
}

/// Why a line is not one of the log.
struct AuditLineError: Error, Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case notALine, notCanonical, missingField(String), unknownType(String)
        case badValue(String), wrongCommitment, tooLong
    }

    let kind: Kind
}

extension AuditLineError.Kind {
    /// For people.
    var words: String {
        switch self {
        case .notALine: "it has not the form of one"
        case .notCanonical: "it is not written in the only form that is allowed"
        case .missingField(let name): "it has no `\(name)`"
        case .unknownType(let type): "there is no type `\(type)`"
        case .badValue(let name): "`\(name)` holds what no record may hold"
        case .wrongCommitment: "its private part is not the one that it was written with"
        case .tooLong: "it is too long"
        }
    }
}

extension AuditLine {
    /// Gives a record its bytes; refuses what the format does not allow.
    init(_ record: AuditRecord, after previous: TreeHash?, salt: [UInt8]) throws(AuditLineError) {
        let event = record.event
        let hidden = event.hidden.withIntegersOnly.sorted
        var fields = event.record
        fields.append("seq", .integer(record.seq))
        fields.append("prev", .string(previous?.hex ?? Self.noPrevious))
        fields.append("time", .string(record.time.description))
        fields.append("run", .string(record.run.rawValue))
        fields.append("type", .string(event.type.rawValue))
        fields.append("commitment", .string(Self.commitment(to: hidden, salt: salt).hex))
        try Self.check(fields)
        let sealed = JSONObject(
            [JSONObject.Member(name: "salt", value: .string(Hex.text(salt)))] + hidden.members
        )
        self.init(record, previous, fields: fields.sorted, hidden: sealed)
        guard bytes.count <= Self.longestLine else { throw AuditLineError(kind: .tooLong) }
    }

    /// Whether an event of another command can become a record: nothing in it breaks the format.
    static func canHold(_ event: AuditEvent) -> Bool {
        let own = Set(event.record.members.map(\.name))
        guard own.count == event.record.members.count, own.isDisjoint(with: AuditRecord.ownFields),
            event.hidden["salt"] == nil, let run = RunID("r")
        else { return false }
        let record = AuditRecord(
            seq: 1 << 52,
            time: Timestamp(milliseconds: 0),
            run: run,
            event: event
        )
        let line = try? AuditLine(record, after: .zero, salt: Array(repeating: 0, count: saltBytes))
        return line.flatMap { try? AuditLine(reading: $0.bytes) } != nil
    }

    private init(
        _ record: AuditRecord,
        _ previous: TreeHash?,
        fields: JSONObject,
        hidden: JSONObject
    ) {
        let recordBytes = JSONWriter.bytes(of: .object(fields))
        var line = JSONWriter()
        line.raw("{\"record\":")
        line.raw(recordBytes)
        line.raw(",\"private\":")
        line.write(hidden)
        line.raw("}\n")
        self.init(
            record: record,
            previous: previous,
            bytes: line.bytes,
            leaf: .leaf(recordBytes)
        )
    }

    /// The bytes that a commitment covers: the salt, then the private part without it.
    static func commitment(to hidden: JSONObject, salt: [UInt8]) -> ContentDigest {
        .of(salt, JSONWriter.bytes(of: .object(hidden)))
    }

    /// Reads a line (with its line feed) strictly, commitment included.
    init(reading bytes: [UInt8]) throws(AuditLineError) {
        guard bytes.count <= Self.longestLine, bytes.last == UInt8(ascii: "\n") else {
            throw AuditLineError(kind: .notALine)
        }
        let value: JSON
        do {
            value = try JSONReader.read(Array(bytes.dropLast()), duplicates: .refused)
        } catch { throw AuditLineError(kind: .notALine) }
        guard let fields = value["record"]?.object, let hidden = value["private"]?.object,
            let salt = hidden["salt"]?.string.flatMap({ Hex.bytes($0) }),
            salt.count == Self.saltBytes, hidden.members.first?.name == "salt"
        else { throw AuditLineError(kind: .notALine) }
        try Self.check(fields)
        let content = JSONObject(hidden.members.filter { $0.name != "salt" }).withIntegersOnly
        let record = try AuditRecord(fields: fields, hidden: content)
        let previous = try Self.previous(fields, seq: record.seq)
        let sealed = JSONObject(hidden.members.prefix(1) + content.sorted.members)
        self.init(record, previous, fields: fields.sorted, hidden: sealed)
        guard self.bytes == bytes else { throw AuditLineError(kind: .notCanonical) }
        guard
            fields["commitment"]?.string == Self.commitment(to: content.sorted, salt: salt).hex
        else { throw AuditLineError(kind: .wrongCommitment) }
    }

    private static func previous(
        _ fields: JSONObject,
        seq: Int64
    ) throws(AuditLineError) -> TreeHash? {
        guard let text = fields["prev"]?.string, let hash = TreeHash(hex: text) else {
            throw AuditLineError(kind: .missingField("prev"))
        }
        if seq == 0, text == noPrevious { return nil }
        return hash
    }

    /// Records hold what `jq -cS` prints unchanged, and no more than the format allows.
    private static func check(_ fields: JSONObject) throws(AuditLineError) {
        try check(.object(fields))
        guard JSONWriter.bytes(of: .object(fields)).count <= longestRecord else {
            throw AuditLineError(kind: .tooLong)
        }
    }

    private static func check(_ value: JSON) throws(AuditLineError) {
        switch value {
        case .bool: break
        case .integer(let number):
            guard (0..<(1 << 53)).contains(number) else {
                throw AuditLineError(kind: .badValue(String(number)))
            }
        case .string(let text): try checkText(text)
        case .array(let items): for item in items { try check(item) }
        case .object(let object): for member in object.members { try check(member) }
        case .null, .number: throw AuditLineError(kind: .badValue(JSONWriter.text(of: value)))
        }
    }

    private static func check(_ member: JSONObject.Member) throws(AuditLineError) {
        let isName = member.name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
        guard isName, !member.name.isEmpty, member.name != "private" else {
            throw AuditLineError(kind: .badValue(member.name))
        }
        try check(member.value)
    }

    private static func checkText(_ text: String) throws(AuditLineError) {
        let isPlain = text.utf8.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain else { throw AuditLineError(kind: .badValue(text)) }
    }
}

extension AuditRecord {
    fileprivate static let ownFields: Set = ["seq", "prev", "time", "run", "type", "commitment"]

    fileprivate init(fields: JSONObject, hidden: JSONObject) throws(AuditLineError) {
        guard let seq = fields["seq"]?.integer else {
            throw AuditLineError(kind: .missingField("seq"))
        }
        guard let time = fields["time"]?.string.flatMap({ Timestamp($0) }) else {
            throw AuditLineError(kind: .missingField("time"))
        }
        guard let run = fields["run"]?.string.flatMap({ RunID($0) }) else {
            throw AuditLineError(kind: .missingField("run"))
        }
        guard let word = fields["type"]?.string else {
            throw AuditLineError(kind: .missingField("type"))
        }
        guard let type = RecordType(rawValue: word) else {
            throw AuditLineError(kind: .unknownType(word))
        }
        let rest = JSONObject(fields.members.filter { !Self.ownFields.contains($0.name) })
        self.init(
            seq: seq,
            time: time,
            run: run,
            event: AuditEvent(type, rest, hidden: hidden)
        )
    }
}
