internal import LarkiveCore

/// A query in the language of the search index; nothing in it comes from people as it was written.
struct SearchExpression {
    let folded: FoldedQuery
    /// The tags of the sizes that are wanted; nil for all.
    let sizes: [String]?

    /// Attachments of one class; without words there is one class.
    func of(_ wanted: MatchClass) -> String {
        let filters = self.filters
        guard !folded.words.isEmpty else {
            return filters.isEmpty ? SearchTag.all : Self.every(filters)
        }
        let own = Self.every(filters + [words(wanted)])
        guard let better = MatchClass(rawValue: wanted.rawValue - 1) else { return own }
        return "(\(own)) NOT (\(words(better)))"
    }

    /// Attachments of any class.
    var all: String {
        folded.words.isEmpty ? of(.exactName) : Self.every(filters + [words(.anywhere)])
    }

    var classes: [MatchClass] { folded.words.isEmpty ? [.exactName] : MatchClass.allCases }

    /// What has all whose name begins with the words, and some more.
    ///
    /// It asks for the first letters only, which are few lists instead of many. Nil where the words
    /// are no longer than these.
    var beginning: String? {
        let letters = folded.joined.text.unicodeScalars
        guard letters.count > Self.letters else { return nil }
        var first = String.UnicodeScalarView()
        first.append(contentsOf: letters.prefix(Self.letters))
        let text = Folded(text: String(first), isCut: true)
        return Self.every(filters + [Grams.phrase(text, in: .name, atStart: true)])
    }

    /// Few names begin with so many letters in common.
    private static let letters = 8

    /// Each class holds all of the better ones.
    private func words(_ wanted: MatchClass) -> String {
        switch wanted {
        case .exactName: Grams.phrase(folded.joined, in: .name, atStart: true, atEnd: true)
        case .prefix: Grams.phrase(folded.joined, in: .name, atStart: true)
        case .name: Self.every(folded.words.map { Grams.phrase($0, in: .name) })
        case .anywhere: Self.every(folded.words.map(Self.anywhere))
        }
    }

    private static func anywhere(_ word: Folded) -> String {
        any(SearchField.allCases.map { Grams.phrase(word, in: $0) })
    }

    private var filters: [String] {
        let query = folded.query
        var filters = folded.fields.map { Grams.phrase($0.text, in: $0.field) }
        if let task = folded.task { filters.append(Grams.phrase(task.summary, in: .task)) }
        filters += folded.sources.map { SearchTag.source($0 ?? 0) }
        if let prefix = query.sha256Prefix {
            filters.append(SearchTag.digests(beginning: prefix) ?? SearchTag.source(0))
        }
        if query.onlyVanished { filters.append(SearchTag.vanished) }
        if let sizes { filters.append(Self.any(sizes)) }
        return filters
    }

    private static func every(_ parts: [String]) -> String {
        parts.map { "(\($0))" }.joined(separator: " AND ")
    }

    // No source has the number 0.
    private static func any(_ parts: [String]) -> String {
        parts.isEmpty ? SearchTag.source(0) : parts.joined(separator: " OR ")
    }
}
