import LarkiveCore
import LarkiveVault

/// KEY of the command line: a number, a digest's beginning, or an attachment key.
struct KeyArgument {
    private let text: String

    init(_ text: String) { self.text = text }

    func rows(in manifest: SQLiteManifest) throws -> [FileRow] {
        var query = FileQuery()
        var rows: [FileRow] = []
        if text.allSatisfy(\.isNumber), let number = Int64(text) {
            query.id = number
        } else if let digits = digestDigits {
            query.sha256Prefix = digits
        } else if text.contains(":") {
            query.equal["key"] = text
        } else {
            rows = try olderVersion(in: manifest)
            guard rows.isEmpty else { return rows }
            throw UsageError(
                "`\(text)` is no KEY",
                hint: "look it up: larkive find \(text)"
            )
        }
        rows = try manifest.find(query)
        if rows.isEmpty { rows = try olderVersion(in: manifest) }
        guard !rows.isEmpty else {
            throw UsageError("nothing has the key `\(text)`", hint: "look it up: larkive find")
        }
        let digests = Set(rows.compactMap(\.sha256))
        guard query.sha256Prefix == nil || digests.count == 1 else {
            throw UsageError(
                "`\(text)` is the beginning of \(digests.count) digests",
                hint: "give more digits: "
                    + digests.sorted().prefix(5).map { String($0.hex.prefix(16)) }
                    .joined(separator: ", ")
            )
        }
        // A digest means all attachments with it; its bytes are written once, by the oldest.
        return query.sha256Prefix == nil ? rows : Array(rows.sorted { $0.id < $1.id }.prefix(1))
    }

    /// `4711@1` or `task:…@1`: a content that was replaced in Feishu since.
    private func olderVersion(in manifest: SQLiteManifest) throws -> [FileRow] {
        guard let at = text.lastIndex(of: "@"), let version = Int64(text[text.index(after: at)...])
        else { return [] }
        var query = FileQuery()
        query.olderVersions = true
        query.version = version
        let key = String(text[..<at])
        if let number = Int64(key) { query.id = number } else { query.equal["key"] = key }
        return try manifest.find(query)
    }

    private var digestDigits: String? {
        let digits = Filters.withoutPrefix(text)
        let isHex = digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return digits.count >= 6 && isHex ? digits : nil
    }
}
