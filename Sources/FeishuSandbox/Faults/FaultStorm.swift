/// Faults by chance, and always the same ones for the same seed.
///
/// What a call meets depends on the seed, on what it asks and on how often that was asked before,
/// and not on the order in which different calls arrive: a seed reproduces a failure even when the
/// client works in parallel.
package struct FaultStorm: Sendable {
    package let seed: UInt64
    /// The share of calls that are hit, from 0 to 1.
    package let rate: Double
    /// What may happen; the default is everything.
    package let kinds: [StormKind]
    private var asked: [UInt64: UInt64] = [:]

    package init(seed: UInt64, rate: Double, kinds: [StormKind] = StormKind.allCases) {
        self.seed = seed
        self.rate = rate
        self.kinds = kinds
    }

    /// What this call gets; mostly nothing.
    mutating func effects(on visit: Visit, _ subject: CallSubject) -> [FaultEffect] {
        let question = StableHash.value(visit.question(about: subject))
        asked[question, default: 0] += 1
        let turn = asked[question, default: 0] &* 0x9E37_79B9_7F4A_7C15
        var generator = SeededGenerator(seed: seed ^ question ^ turn)
        let endpoint = visit.route.endpoint
        guard Double(generator.below(1_000_000)) < rate * 1_000_000 else { return [] }
        let possible = kinds.filter { $0.canHit(endpoint) }
        guard !possible.isEmpty else { return [] }
        return generator.pick(possible).effects(on: endpoint, &generator)
    }
}

extension Visit {
    /// What is asked, in a form that is the same in every run; the codes of links are not.
    fileprivate func question(about subject: CallSubject) -> String {
        guard route.endpoint != .link else {
            let ids = subject.mailboxes + subject.messages + subject.attachments + subject.guids
            return "link " + ids.joined(separator: " ")
        }
        let query = call.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let body = route.endpoint == .batchGet ? String(decoding: call.body, as: UTF8.self) : ""
        return "\(call.method) \(call.segments.joined(separator: "/"))?\(query) \(body)"
    }
}
