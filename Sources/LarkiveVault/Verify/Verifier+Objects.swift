internal import LarkiveCore

/// The objects, against what the log says of them.
extension Verifier {
    func checkObjects(
        _ second: SecondManifest,
        _ request: VerifyRequest,
        _ verdict: inout Verification
    ) throws {
        guard let objects = try? root.directory("objects") else { return }
        let before = try LogEnd(root)
        let isLogWhole =
            verdict.auditRecords > 0
            && !verdict.findings.contains { $0.code.isAudit && $0.code.isError }
        let known = KnownObjects(second: second, isLogWhole: isLogWhole)
        var check = ObjectCheck(objects: objects, takesUnrecorded: !isLogWhole)
        try check.run { try known.inShard($0) }
        (verdict.objects, verdict.bytes) = (check.count, check.bytes)
        var faults = check.faults
        if request.readsData {
            try faults.add(readObjects(objects, check, known, request, &verdict))
        }
        let extras = try extras(of: check, before, isLogWhole)
        let losses = try known.losses()
        // What is recorded must be of an object that the manifest has.
        let unrecorded = Set(check.unrecorded.values.joined())
        verdict.freshlyDamaged = faults.filter {
            $0.value.code.isDamage && losses[$0.key] == nil && !unrecorded.contains($0.key)
        }
        .keys.sorted()
        try add(losses, to: &faults)
        for digest in faults.keys where faults[digest]?.code.isError == true {
            let carriers = try known.carriers(of: digest)
            faults[digest]?.facts.append("attachments", .array(carriers.map(JSON.string)))
        }
        verdict.findings += extras + faults.sorted { $0.key < $1.key }.map(\.value)
    }

    private func extras(
        of check: ObjectCheck,
        _ before: LogEnd,
        _ isLogWhole: Bool
    ) throws -> [Finding] {
        let others = check.findings.filter { $0.code != .objectExtra }
        guard others.count < check.findings.count else { return others }
        // Of what a damaged log cannot speak of nothing is said; and a run that is going on, or
        // was, may have stored what nobody spoke of at first.
        return try !isLogWhole || before.hasMoved(root) ? others : check.findings
    }

    private func readObjects(
        _ objects: Directory,
        _ check: ObjectCheck,
        _ known: KnownObjects,
        _ request: VerifyRequest,
        _ verdict: inout Verification
    ) throws -> ObjectReading.Result {
        let started = clock.now()
        let isPartial = request.sample != nil || request.goesRound
        let from = isPartial ? try known.second.fold.verifiedRanges().next : .smallest
        let all = try known.count()
        let most = request.sample.map { max(Int64((Double(all) * $0).rounded(.up)), 1) } ?? .max
        let (faults, unrecorded) = (check.faults, check.unrecorded)
        let reading = ObjectReading(objects: objects, from: from, most: most, request) { shard in
            try (known.inShard(shard).keys + unrecorded[shard, default: []]).sorted()
                .filter { ObjectCheck.isReadable(faults[$0]) }
        }
        let result = try reading.run()
        request.progress(result.objects, result.bytes)
        let to = result.end ?? from
        guard result.objects > 0, result.end != from else { return result }
        verdict.reading = Verification.Reading(
            from: from,
            to: to,
            unread: (result.unread + check.unopened).sorted(),
            started: started,
            objects: result.objects,
            bytes: result.bytes
        )
        return result
    }

    /// What was found damaged before, and what is lost, goes on being said.
    private func add(
        _ losses: [ContentDigest: SQLiteManifest.Loss],
        to faults: inout [ContentDigest: Finding]
    ) throws {
        for (digest, loss) in losses {
            let subject = DiskObjectStore.subject(of: digest)
            var finding: Finding
            switch loss {
            case .damaged(let since):
                guard faults[digest] == nil else { continue }
                finding = Finding(
                    .objectKnownDamaged,
                    subject,
                    "found damaged at \(since); see whether it can be healed: larkive repair"
                )
            case .lost(let since):
                finding = Finding(
                    .objectLost,
                    subject,
                    "lost since \(since): nobody has its bytes any more"
                )
            case .accepted(let since):
                finding = Finding(.lossAccepted, subject, "lost, and accepted at \(since)")
            }
            finding.facts = ["sha256": .string(digest.hex)]
            faults[digest] = finding
        }
    }
}

extension [ContentDigest: Finding] {
    fileprivate mutating func add(_ read: ObjectReading.Result) {
        merge(read.faults) { first, second in
            // Other bytes say more than another mode; another size says as much.
            first.code == .objectMode || first.code == .objectLinked ? second : first
        }
        for (digest, actual) in read.actual {
            self[digest]?.facts.append("sha256", .string(digest.hex))
            self[digest]?.facts.append("actual_sha256", .string(actual.hex))
        }
    }
}
