internal import LarkiveCore

/// Which objects there should be, and who carries them.
///
/// The log says so. Of a log that is damaged the archive's manifest knows the rest; and an object of
/// which neither speaks can still be held against its name, which is the digest of its bytes.
struct KnownObjects {
    let second: SecondManifest
    /// Whether the log can be believed to its end.
    let isLogWhole: Bool

    func inShard(_ shard: UInt8) throws(ManifestError) -> [ContentDigest: Int64] {
        let recorded = try second.fold.objects(inShard: shard)
        return recorded.merging(here([:]) { try $0.objects(inShard: shard, of: $1) }) { first, _ in
            first
        }
    }

    func count() throws(ManifestError) -> Int64 {
        let recorded = try second.fold.count(of: "object")
        return max(recorded, here(0) { try $0.count(of: "\($1).object") })
    }

    func losses() throws(ManifestError) -> [ContentDigest: SQLiteManifest.Loss] {
        let recorded = try second.fold.losses()
        // Only one that knows of later records, those of the damaged part, can know better.
        let reached = try second.fold.appliedSeq()
        guard here(-1, { _, _ in try second.applied() }) > reached else { return recorded }
        return recorded.filter { loss in !here(false) { try $0.isSound(loss.key, in: $1) } }
            .merging(here([:]) { try $0.losses(of: $1) }) { _, later in later }
    }

    func carriers(of digest: ContentDigest) throws(ManifestError) -> [String] {
        let recorded = try second.fold.carriers(of: digest)
        guard recorded.isEmpty else { return recorded }
        return here([]) { try $0.carriers(of: digest, in: $1) }
    }

    /// What the archive's manifest says beyond the log; a manifest that cannot be read has a finding
    /// of its own.
    private func here<Answer>(
        _ none: Answer,
        _ ask: (SQLiteManifest, _ schema: String) throws -> Answer
    ) -> Answer {
        isLogWhole ? none : (try? ask(second.fold, SecondManifest.here)) ?? none
    }
}
