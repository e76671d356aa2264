/// What can be odd about one page of a list; each has been seen or must be expected.
package enum PagingQuirk: String, CaseIterable, Sendable {
    /// Nothing on the page, and yet there is more.
    case emptyPage = "empty_page"
    /// An empty list, said to be whole: the source lies.
    case nothing
    /// The last item comes twice.
    case itemTwice = "item_twice"
    /// The list has grown at its front since the page before, so one item comes again.
    case grown
    /// The token leads back to this very page.
    case repeatedToken = "repeated_token"
    /// The token that was sent is not good any more; page one is.
    case staleToken = "stale_token"
    /// The last page has a token, and it is empty.
    case emptyLastToken = "empty_last_token"
    /// There is more, and no way to ask for it.
    case lostToken = "lost_token"
}

extension PagingQuirk {
    /// Changes a page of these items.
    func change<Item>(_ page: inout Page<Item>, _ pager: Pager, of items: [Item]) {
        switch self {
        case .emptyPage: page = Page(items: [], next: pager.token(at: pager.offset))
        case .nothing: page = Page(items: [], next: nil)
        case .itemTwice: page.items += page.items.suffix(1)
        case .grown: page.items = Array(items.dropFirst(pager.offset - 1).prefix(1)) + page.items
        case .repeatedToken: page = Page(items: page.items, next: pager.token(at: pager.offset))
        case .staleToken: break
        case .emptyLastToken where page.next == nil: page.next = ""
        case .emptyLastToken: break
        case .lostToken: (page.next, page.hasMore) = ("", true)
        }
    }
}

extension Visit {
    /// One page, with the oddities that are due.
    func page<Item>(_ pager: Pager, of items: [Item]) throws(APIError) -> Page<Item> {
        var page = pager.page(of: items)
        for case .paging(let quirk) in effects {
            if quirk == .staleToken, call.first("page_token")?.isEmpty == false { throw staleToken }
            if quirk == .grown, pager.offset == 0 { continue }
            quirk.change(&page, pager, of: items)
        }
        return page
    }

    private var staleToken: APIError {
        route.endpoint.isMail
            ? .badMailParameter(route.endpoint, "page_token") : .badTaskParameter("page_token")
    }
}
