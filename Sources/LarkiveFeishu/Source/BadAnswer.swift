import LarkiveCore

/// Part of an answer that is not what the documentation says.
struct BadAnswer: Error, Equatable, Sendable {
    let detail: String

    init(_ detail: String) { self.detail = detail }
}

/// Members of an answer, read by name and type; absent and null are the same.
extension JSONObject {
    func text(_ name: String) throws(BadAnswer) -> String? {
        try optional(name, "text", \.string)
    }

    func integer(_ name: String) throws(BadAnswer) -> Int64? {
        try optional(name, "an integer", \.integer)
    }

    func flag(_ name: String) throws(BadAnswer) -> Bool? {
        try optional(name, "true or false", \.bool)
    }

    func list(_ name: String) throws(BadAnswer) -> [JSON]? {
        try optional(name, "a list", \.array)
    }

    func members(_ name: String) throws(BadAnswer) -> JSONObject? {
        try optional(name, "an object", \.object)
    }

    /// An id that must be there and be one.
    func id<Subject>(_ name: String) throws(BadAnswer) -> Identifier<Subject> {
        guard let text = try text(name) else { throw BadAnswer("\(name) is missing") }
        guard let id = Identifier<Subject>(text) else {
            throw BadAnswer("\(name) is empty or no id")
        }
        return id
    }

    /// Milliseconds since 1970: text in the documentation, a number in some models.
    func moment(_ name: String) throws(BadAnswer) -> Timestamp? {
        switch self[name] {
        case nil, .null, .string(""): return nil
        case .integer(let value): return Timestamp(milliseconds: value)
        case .string(let text):
            if let value = Int64(text) { return Timestamp(milliseconds: value) }
            fallthrough
        default: throw BadAnswer("\(name) is no time in milliseconds")
        }
    }

    /// The same members without some of them.
    func without(_ names: Set<String>) -> JSONObject {
        JSONObject(members.filter { !names.contains($0.name) })
    }

    private func optional<Value>(
        _ name: String,
        _ kind: String,
        _ value: (JSON) -> Value?
    ) throws(BadAnswer) -> Value? {
        guard let json = self[name], json != .null else { return nil }
        guard let value = value(json) else { throw BadAnswer("\(name) is not \(kind)") }
        return value
    }
}
