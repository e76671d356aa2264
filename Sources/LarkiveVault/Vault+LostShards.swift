internal import LarkiveCore

extension Vault {
    private static let group = 500

    /// Records as damaged what a folder of objects has lost as a whole.
    ///
    /// A folder that is missing is made again when the archive is opened, and would look as if it
    /// had never held anything. So of each one known object is looked for, in every run; what single
    /// objects have lost is found by `verify`.
    func recordLostShards() async throws {
        for index in 0..<256 {
            let shard = UInt8(index)
            guard let first = try manifest.firstSound(inShard: shard), isMissing(first) else {
                continue
            }
            let lost = try manifest.objects(inShard: shard).keys.sorted()
                .filter { try !manifest.isDamaged($0) && isMissing($0) }
            for start in stride(from: 0, to: lost.count, by: Self.group) {
                try await record(lost[start...].prefix(Self.group).map(Self.lostWithFolder))
            }
        }
    }

    /// What cannot be looked at is not missing.
    private func isMissing(_ digest: ContentDigest) -> Bool {
        guard let shard = try? objects.shard(of: digest) else { return false }
        do {
            return try shard.look(at: digest.hex) == nil
        } catch { return false }
    }

    private static func lostWithFolder(_ digest: ContentDigest) -> AuditEvent {
        AuditEvent(
            .objectDamaged,
            ["sha256": .string(digest.hex)],
            hidden: ["detail": "missing, with others of its folder"]
        )
    }
}
