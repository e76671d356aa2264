internal import LarkiveCore

/// `audit/inbox`: events of commands that ran without the lock, until they become records.
package struct Inbox: Sendable {
    private static let ending = ".json"
    /// What commands without the lock may say; anything else is no event of theirs and stays.
    private static let allowed: Set<RecordType> = [
        .restoreDone, .verifyFinished, .runRefused, .objectDamaged,
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
    func entries() throws(DiskError) -> [Entry] {
        var found: [(time: String, entry: Entry)] = []
        for file in try directory.names() where file.hasSuffix(Self.ending) {
            let name = String(file.dropLast(Self.ending.count))
            guard let bytes = try directory.contents(file),
                let value = try? JSONReader.read(bytes, duplicates: .refused),
                let type = value["type"]?.string.flatMap(RecordType.init(rawValue:)),
                Self.allowed.contains(type),
                let time = value["time"]?.string, Timestamp(time) != nil,
                var record = value["record"]?.object, let hidden = value["private"]?.object
            else { continue }
            record.append("observed", .string(time))
            record.append("inbox", .string(name))
            found.append((time, Entry(name: name, event: AuditEvent(type, record, hidden: hidden))))
        }
        return found.sorted { $0.time < $1.time }.map(\.entry)
    }

    func remove(_ names: some Sequence<String>) throws(DiskError) {
        for name in names { try directory.remove(name + Self.ending) }
        try directory.sync()
    }

    package func count() -> Int { (try? directory.names().count) ?? 0 }
}
