import LarkiveCore

/// The form of every JSON answer: `{code, msg, data, error: {log_id}}`.
///
/// Source: the call guide. Answers of the token endpoint are flat: what they say stands beside
/// `code`.
struct Envelope: Equatable, Sendable {
    let code: Int64
    let msg: String
    let object: JSONObject
    let logID: String?

    /// Nil when the bytes are no such JSON; a `msg` may be missing.
    init?(_ bytes: [UInt8], _ headers: HeaderLines) {
        guard let object = (try? JSONReader.read(bytes))?.object else { return nil }
        self.init(object, headers)
    }

    init?(_ object: JSONObject, _ headers: HeaderLines) {
        guard let code = Self.code(object) else { return nil }
        self.code = code
        self.object = object
        msg = PlainText.short(Self.words(object) ?? "")
        logID = headers.logID ?? Self.logID(in: object["error"])
    }

    /// The newer token endpoint may speak plain OAuth, which has no codes: RFC 6749.
    private static func code(_ object: JSONObject) -> Int64? {
        if let code = object["code"]?.integer { return code }
        if object["error"]?.string != nil { return -1 }
        return object["access_token"]?.string == nil ? nil : 0
    }

    private static func words(_ object: JSONObject) -> String? {
        ["msg", "error_description", "error"].lazy.compactMap { object[$0]?.string }.first
    }

    var data: JSONObject? { object["data"]?.object }

    /// One page of the documentation spells `logid`.
    private static func logID(in error: JSON?) -> String? {
        (error?["log_id"] ?? error?["logid"])?.string.map(PlainText.short)
    }
}

extension HeaderLines {
    /// What Feishu's support asks for.
    var logID: String? { self["X-Tt-Logid"].map(PlainText.short) }
}

/// Words of the platform, fit to stand in a sentence of ours.
enum PlainText {
    static let longest = 300

    /// Without control characters and bounded in length.
    static func short(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars.prefix(longest) {
            let isControl = scalar.properties.generalCategory == .control
            plain.unicodeScalars.append(isControl ? " " : scalar)
        }
        return plain
    }
}
