package import LarkiveCore

/// One verdict over objects, manifest and audit log.
package struct Verification: Sendable {
    package internal(set) var findings: [Finding] = []
    package internal(set) var objects: Int64 = 0
    package internal(set) var bytes: Int64 = 0
    package internal(set) var attachments: Int64 = 0
    package internal(set) var auditRecords: Int64 = 0
    /// What was read and hashed; nil when nothing was.
    package internal(set) var reading: Reading?
    /// Folders of `audit.copies` that could not say whether this archive is the newest, in words.
    package internal(set) var unasked: [String] = []
    /// Objects that are missing or have other bytes, and are not known to.
    package internal(set) var freshlyDamaged: [ContentDigest] = []

    package var isOK: Bool { !findings.contains(where: \.code.isError) }

    /// What `verify` ends with; nil when all is well.
    ///
    /// The log comes before all else.
    package var exitCode: ExitCode? {
        guard !isOK else { return nil }
        let errors = findings.map(\.code).filter(\.isError)
        if errors.contains(where: \.isAudit) { return .audit }
        return errors.allSatisfy(\.isNewer) ? .usage : .damaged
    }

    package var json: JSON {
        var checked: JSONObject = [
            "objects": .integer(objects), "bytes": .integer(bytes),
            "attachments": .integer(attachments), "audit_records": .integer(auditRecords),
        ]
        if let reading {
            checked.append("objects_read", .integer(reading.objects))
            checked.append("bytes_read", .integer(reading.bytes))
        }
        return .object([
            "ok": .bool(isOK), "checked": .object(checked),
            "findings": .array(findings.map(\.json)),
        ])
    }

    /// Objects that were read, in the order of their digests, round and round.
    package struct Reading: Equatable, Sendable {
        package let from: ContentDigest
        /// The first that was not read; the same as `from` when all were.
        package let to: ContentDigest
        /// Those in between whose bytes the disk did not give.
        package let unread: [ContentDigest]
        package let started: Timestamp
        package let objects: Int64
        package let bytes: Int64
    }
}

/// How much of the objects is read.
package struct VerifyRequest: Sendable {
    package var readsData: Bool
    /// The part of all objects that is read, from where the last look ended; nil for all.
    package var sample: Double?
    /// Whether the look goes on where the last one ended, even if it is to read everything.
    package var goesRound = false
    /// Whether there is time left; asked often, from several threads.
    package var mayGoOn: @Sendable () -> Bool = { true }
    /// Told now and then: objects and bytes read so far.
    package var progress: @Sendable (Int64, Int64) -> Void = { _, _ in }

    package init(readsData: Bool, sample: Double? = nil) {
        self.readsData = readsData
        self.sample = sample
    }
}
