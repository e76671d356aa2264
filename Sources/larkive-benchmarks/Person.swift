/// Whoever sends mail, or uploads.
struct Person: Sendable {
    let name: String
    let address: String

    /// Colleagues and strangers.
    static func make(_ count: Int, with draw: inout Draw) -> [Person] {
        (1...count).map { number in
            let isStranger = draw.once(in: 4)
            let name =
                draw.once(in: 5)
                ? draw.one(of: Words.western)
                : draw.one(of: Words.families) + draw.one(of: Words.given)
            let domain = isStranger ? "partner\(draw.below(300)).example" : "corp.example"
            return Person(name: name, address: "user\(number)@\(domain)")
        }
    }
}
