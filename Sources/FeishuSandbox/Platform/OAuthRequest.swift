import FoundationEssentials

/// The body of the token endpoint, in JSON or as a form.
///
/// Content-Type is not looked at: the first byte tells.
struct OAuthRequest {
    /// A verifier without a challenge is refused; the newer path does so.
    let isStrict: Bool
    private let fields: [String: String]

    init(_ call: Call) throws(OAuthError) {
        isStrict = call.segments == Endpoint.tokenPathV3.split(separator: "/").map(String.init)
        guard call.body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            let form = Call("POST", "/?" + String(decoding: call.body, as: UTF8.self))
            fields = Dictionary(form.query.map { ($0.name, $0.value) }) { first, _ in first }
            return
        }
        guard
            let fields = try? JSONDecoder().decode([String: String].self, from: Data(call.body))
        else { throw .malformed }
        self.fields = fields
    }

    /// Nil when it is absent or empty.
    subscript(_ name: String) -> String? {
        fields[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func needed(_ name: String) throws(OAuthError) -> String {
        guard let value = self[name] else { throw .missing(name) }
        return value
    }

    /// The scopes that are asked for; nil for all that were granted.
    func scopes(within granted: Set<String>) throws(OAuthError) -> Set<String>? {
        guard let names = self["scope"]?.split(separator: " ").map(String.init) else { return nil }
        let scopes = Set(names)
        guard scopes.count == names.count else { throw .doubledScope }
        guard scopes.isSubset(of: granted) else { throw .scopeNotPermitted }
        return scopes
    }
}
