/// One request, as a value.
struct Call: Sendable {
    var method: String
    /// The path, split at its slashes *before* each segment is decoded: an id may hold `%2F`.
    var segments: [String]
    var query: [(name: String, value: String)]
    var authorization: String?
    var hasRange: Bool
    var body: [UInt8]

    init(
        _ method: String,
        _ target: String,
        authorization: String? = nil,
        hasRange: Bool = false,
        body: [UInt8] = []
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.segments = Self.segments(of: parts.first ?? "")
        self.query = parts.count > 1 ? Self.query(of: parts[1]) : []
        self.authorization = authorization
        self.hasRange = hasRange
        self.body = body
    }

    /// A broken escape is kept as it stands; it then names nothing.
    private static func segments(of path: Substring) -> [String] {
        path.split(separator: "/").map { PercentText.decode($0) ?? String($0) }
    }

    private static func query(of text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentText.decodeQuery(sides[0]) ?? String(sides[0])
            let value = sides.count > 1 ? sides[1] : ""
            return (name, PercentText.decodeQuery(value) ?? String(value))
        }
    }
}

extension Call {
    /// The first value of a query parameter.
    func first(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Every value of a repeated query parameter; Feishu takes arrays in no other form.
    func all(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
}
