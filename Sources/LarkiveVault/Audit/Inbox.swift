internal import LarkiveCore

/// `audit/inbox`: events of commands that ran without the lock, until they become records.
package struct Inbox: Sendable {
    private static let ending = ".json"
    /// What commands without the lock may say; anything else is no event of theirs and stays.
    private static let allowed: Set<RecordType> = [
        .restoreDone, .lookupDone, .verifyFinished, .runRefused, .objectDamaged,
    ]

    let directory: Directory

    struct Entry: Hashable, Sendable {
        /// 16 hex digits; recorded, so that an entry never becomes two records.
        let name: String
        let event: AuditEvent
    }

    /// Keeps an event durably; what it speaks of may be done only after this returned.
    func put(_ event: AuditEvent, at time: Timestamp, name: String) throws(DiskError) {
        let value: JSON = .object([
            "type": .string(event.type.rawValue), "time": .string(time.description),
            "record": .object(event.record), "private": .object(event.hidden),
        ])
        _ = try directory.createOnce(name + Self.ending, with: JSONWriter.bytes(of: value))
    }

    /// All readable entries, in the order of their time; what is unreadable stays where it is.
    func entries() throws(DiskError) -> [Entry] { try look().waiting }

    /// Entries that wait, in the order of their time, and names of what is no entry.
    ///
    /// `name.json.new` and files without a name are of writers that have not finished.
    func look() throws(DiskError) -> (waiting: [Entry], strange: [String]) {
        var (found, strange) = ([(time: String, entry: Entry)](), [String]())
        for file in try directory.names() {
            // Gone meanwhile: another holder of the lock has made a record of it.
            guard let bytes = try read(file) else { continue }
            guard let (time, entry) = Self.entry(file, bytes) else {
                strange.append(file)
                continue
            }
            found.append((time, entry))
        }
        return (
            found.sorted { ($0.time, $0.entry.name) < ($1.time, $1.entry.name) }.map(\.entry),
            strange
        )
    }

    /// What cannot be read as a file is no entry either.
    private func read(_ file: String) throws(DiskError) -> [UInt8]? {
        do {
            return try directory.contents(file)
        } catch { return [] }
    }

    private static func entry(_ file: String, _ bytes: [UInt8]) -> (String, Entry)? {
        let name = String(file.dropLast(ending.count))
        guard file.hasSuffix(ending), Hex.bytes(name)?.count == 8, name == name.lowercased(),
            let value = try? JSONReader.read(bytes, duplicates: .refused),
            let type = value["type"]?.string.flatMap(RecordType.init(rawValue:)),
            allowed.contains(type),
            let time = value["time"]?.string, Timestamp(time) != nil,
            var record = value["record"]?.object, isWhole(type, record),
            let hidden = value["private"]?.object
        else { return nil }
        record.append("observed", .string(time))
        record.append("inbox", .string(name))
        let event = AuditEvent(type, record, hidden: hidden)
        return AuditLine.canHold(event) ? (time, Entry(name: name, event: event)) : nil
    }

    /// What the manifest is made from must be there.
    private static func isWhole(_ type: RecordType, _ record: JSONObject) -> Bool {
        guard type == .objectDamaged else { return true }
        return record["sha256"]?.string.flatMap { ContentDigest(hex: $0) } != nil
    }

    func remove(_ names: some Sequence<String>) throws(DiskError) {
        for name in names {
            do {
                try directory.remove(name + Self.ending)
            } catch let failure where failure.isMissing {}
        }
        try directory.sync()
    }

    package func count() -> Int { (try? directory.names().count) ?? 0 }
}
