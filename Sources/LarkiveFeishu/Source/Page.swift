import LarkiveCore

/// One page of a list.
struct Page: Equatable, Sendable {
    let items: [JSON]
    let hasMore: Bool
    /// Nil and empty are the same: sending an empty token would begin anew.
    let token: String?

    init(items: [JSON], hasMore: Bool, token: String?) {
        self.items = items
        self.hasMore = hasMore
        self.token = token
    }

    /// Without `has_more` nobody could say that the list is complete.
    init(_ data: JSONObject) throws(BadAnswer) {
        guard let hasMore = try data.flag("has_more") else {
            throw BadAnswer("has_more is missing")
        }
        let token = try data.text("page_token") ?? ""
        self.init(
            items: try data.list("items") ?? [],
            hasMore: hasMore,
            token: token.isEmpty ? nil : token
        )
    }
}

/// Follows page tokens to the end of a list, and notices when there is none.
///
/// `has_more` decides, never the token alone. Source: the overview of task v2 (an empty token on
/// the last page begins anew, a page in the middle may be empty). An item that stands on two pages
/// tells that the list has grown in front while it was read: what came in front is looked for
/// once more, from the first page on until a page holds nothing new.
struct PageTrail: Sendable {
    enum Step: Equatable, Sendable {
        case next(String)
        /// From the first page.
        case again
        case end
    }

    /// Why a list cannot be followed to its end.
    enum Lost: Error, Equatable, Sendable {
        case noToken
        case repeatedToken
        case nothingNew(pages: Int)
        case tooLong(pages: Int)

        var words: String {
            switch self {
            case .noToken: "the list says that there is more, but not where"
            case .repeatedToken: "the list leads in a circle"
            case .nothingNew(let pages): "\(pages) pages in a row hold nothing new"
            case .tooLong(let pages): "the list does not end after \(pages) pages"
            }
        }
    }

    static let barrenPages = 50
    static let mostPages = 1_000_000
    /// How often an empty page may lead to itself.
    static let emptyRepeats = 3

    private var last: String?
    // Hashes, since a folder may hold a million ids.
    private var tokens: Set<Int> = []
    private var seen: Set<Int> = []
    private var pages = 0
    private var barren = 0
    private var repeats = 0
    private var hasGrown = false
    private var isSecondLook = false

    mutating func next(after page: Page, ids: [String]) throws(Lost) -> Step {
        pages += 1
        let fresh = ids.count { seen.insert($0.hashValue).inserted }
        barren = fresh > 0 ? 0 : barren + 1
        if fresh < ids.count { hasGrown = true }
        if isSecondLook, fresh == 0 { return .end }
        guard page.hasMore else { return lookAgain() }
        guard pages < Self.mostPages else { throw .tooLong(pages: pages) }
        guard barren <= Self.barrenPages else { throw .nothingNew(pages: barren) }
        guard let token = page.token else { throw .noToken }
        try check(token, isEmpty: page.items.isEmpty)
        last = token
        return .next(token)
    }

    private mutating func lookAgain() -> Step {
        guard hasGrown, !isSecondLook else { return .end }
        isSecondLook = true
        tokens = []
        last = nil
        return .again
    }

    private mutating func check(_ token: String, isEmpty: Bool) throws(Lost) {
        if tokens.insert(token.hashValue).inserted { return }
        repeats += 1
        guard isEmpty, token == last, repeats <= Self.emptyRepeats else { throw .repeatedToken }
    }
}
