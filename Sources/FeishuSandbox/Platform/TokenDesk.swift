/// Hands out tenant tokens and knows which are good.
///
/// Source: the page on `tenant_access_token/internal`.
struct TokenDesk: Sendable {
    /// With this much life left, the same token is handed out again.
    static let reuse: Duration = .seconds(1800)

    private let life: Duration
    private var generator: SeededGenerator
    private var expiries: [String: Moment] = [:]
    private var newest: String?

    init(life: Duration, seed: UInt64) {
        self.life = life
        generator = SeededGenerator(seed: seed ^ StableHash.value("tokens"))
    }

    mutating func token(at now: Moment) -> (token: String, left: Duration) {
        if let newest, let expiry = expiries[newest], now.duration(to: expiry) >= Self.reuse {
            return (newest, now.duration(to: expiry))
        }
        let token = "t-g1" + generator.token(32)
        expiries[token] = now.advanced(by: life)
        newest = token
        return (token, life)
    }

    func isGood(_ token: String, at now: Moment) -> Bool {
        expiries[token].map { now < $0 } ?? false
    }

    /// Lets every token die before its time, as has been seen in the field.
    mutating func revokeAll() {
        expiries = [:]
        newest = nil
    }
}
