/// The counters as they are shown, with the sum of violations beside them.
struct CountersPage: Encodable {
    let counters: SandboxCounters

    private enum CodingKeys: String, CodingKey {
        case violations
    }

    func encode(to encoder: any Encoder) throws {
        try counters.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(counters.violations, forKey: .violations)
    }
}
