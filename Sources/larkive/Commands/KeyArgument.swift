import LarkiveCore
import LarkiveVault

/// KEY of the command line: a number, a digest's beginning, or an attachment key.
struct KeyArgument {
    private static let candidatesAtMost = 10
    private static let nameAtMost = 40

    private let text: String

    init(_ text: String) { self.text = text }

    /// Throws for a KEY that nothing has, and for one that several digests begin with.
    func rows(in manifest: SQLiteManifest) throws -> [FileRow] {
        if text.allSatisfy(\.isNumber), let number = Int64(text) {
            return try found(in: manifest) { $0.id = number }
        }
        if let digits = Self.digits(of: text) {
            guard let digest = try Self.digest(beginning: digits, of: text, in: manifest),
                let oldest = try manifest.oldest(with: digest)
            else { throw unknown }
            return [oldest]
        }
        try refuseShortDigest()
        if text.contains(":") { return try found(in: manifest) { $0.equal["key"] = text } }
        let rows = try olderVersion(in: manifest)
        guard rows.isEmpty else { return rows }
        guard version == nil else { throw unknown }
        throw UsageError(
            "`\(text)` is no KEY",
            hint: "look it up: larkive find" + (text.isEmpty ? "" : " \(text)")
        )
    }

    private func found(
        in manifest: SQLiteManifest,
        _ change: (inout FileQuery) -> Void
    ) throws -> [FileRow] {
        var query = FileQuery()
        change(&query)
        var rows = try manifest.find(query)
        if rows.isEmpty { rows = try olderVersion(in: manifest) }
        guard !rows.isEmpty else { throw unknown }
        return rows
    }

    private var unknown: UsageError {
        UsageError(
            "nothing has the key `\(text)`",
            hint: version == nil
                ? "look it up: larkive find"
                : "see which contents there are: larkive find --versions"
        )
    }

    private func refuseShortDigest() throws(UsageError) {
        guard text.lowercased().hasPrefix("sha256:") else { return }
        throw UsageError(
            "`\(text)` is no SHA-256 and no beginning of one",
            hint: "give 6 to 64 hex digits"
        )
    }

    private var version: Int64? {
        text.lastIndex(of: "@").flatMap { Int64(text[text.index(after: $0)...]) }
    }

    /// `4711@1` or `task:…@1`: a content that was replaced in Feishu since.
    private func olderVersion(in manifest: SQLiteManifest) throws -> [FileRow] {
        guard let at = text.lastIndex(of: "@"), let version else { return [] }
        var query = FileQuery()
        query.olderVersions = true
        query.version = version
        let key = String(text[..<at])
        if let number = Int64(key) { query.id = number } else { query.equal["key"] = key }
        return try manifest.find(query)
    }

    // MARK: digests

    /// The digits of a digest or its beginning; nil for what is none.
    static func digits(of text: String) -> String? {
        let digits = Filters.withoutPrefix(text.lowercased())
        let isHex = digits.allSatisfy { $0.isHexDigit && $0.isASCII }
        return (6...64).contains(digits.count) && isHex ? digits : nil
    }

    /// The one digest that begins so; nil when none does.
    ///
    /// What begins with several digests says which, so that the next try is the last.
    static func digest(
        beginning digits: String,
        of text: String,
        in manifest: SQLiteManifest
    ) throws -> ContentDigest? {
        let digests = try manifest.digests(beginning: digits)
        guard digests.count > 1 else { return digests.first }
        let length = length(apart: digests.map(\.hex))
        let candidates = try digests.prefix(candidatesAtMost).map { digest in
            let name = try manifest.oldest(with: digest)?.name ?? ""
            let shown = name.count > nameAtMost ? name.prefix(nameAtMost) + "…" : name[...]
            return "sha256:\(digest.hex.prefix(length)) \"\(shown)\""
        }
        let more = digests.count - candidates.count
        throw UsageError(
            "`\(text)` is the beginning of \(digests.count) digests",
            hint: "give more digits: " + candidates.joined(separator: ", ")
                + (more > 0 ? " and \(more) more" : "")
        )
    }

    /// So many digits that no two are equal.
    private static func length(apart digests: [String]) -> Int {
        (12...64).first { count in Set(digests.map { $0.prefix(count) }).count == digests.count }
            ?? 64
    }
}

extension SQLiteManifest {
    /// A digest means all attachments with it; its bytes are written once, by the oldest that still
    /// has them.
    fileprivate func oldest(with digest: ContentDigest) throws -> FileRow? {
        let all = try versions(with: digest)
        for version in all {
            if let row = try rows(of: [version]).first, !row.isOlder { return row }
        }
        return try rows(of: all.prefix(1)).first
    }
}
