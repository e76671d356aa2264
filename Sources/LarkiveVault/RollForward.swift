internal import LarkiveCore

/// Brings a manifest that is behind up to the log.
struct RollForward {
    let segments: Segments
    let manifest: SQLiteManifest

    /// A log that has less than the manifest knows has lost something.
    func refuseShorter(_ size: Int64) throws {
        let applied = try manifest.appliedSeq()
        guard applied >= size else { return }
        throw VaultError(
            .rolledBack,
            "the manifest knows \(applied + 1) records, the log has \(size)",
            hint: "run `larkive audit verify`; a part of audit/ is missing or damaged"
        )
    }

    func apply(upTo size: Int64, leftover: [AuditRecord]) throws {
        let applied = try manifest.appliedSeq()
        let firstLeftover = leftover.first?.seq ?? size
        if applied + 1 < firstLeftover {
            for name in try OpenedLog.names(from: applied + 1, segments) {
                let lines = try Lines(segments.read(name))
                    .map { try AuditLine(reading: Array($0)) }
                try manifest.apply(lines.map(\.record))
            }
        }
        try manifest.apply(leftover)
    }
}
