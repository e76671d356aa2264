/// One page of a longer list.
struct Page<Item> {
    var items: [Item]
    /// Nil on the last page.
    var next: String?
    var hasMore: Bool

    init(items: [Item], next: String?) {
        self.items = items
        self.next = next
        hasMore = next != nil
    }
}

/// Opaque page tokens: where to go on, bound to the list they came from.
struct Pager {
    let list: String
    let size: Int
    let offset: Int

    /// Nil when the token is broken or belongs to another list.
    ///
    /// An absent and an empty token both mean page one.
    init?(list: String, size: Int, token: String?) {
        self.list = StableHash.hex(list)
        self.size = size
        guard let token, !token.isEmpty else {
            offset = 0
            return
        }
        guard let bytes = Base64.bytes(token) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "|")
        guard parts.count == 2, parts[0] == self.list, let offset = Int(parts[1]), offset >= 0
        else { return nil }
        self.offset = offset
    }

    func page<Item>(of items: [Item]) -> Page<Item> {
        let end = min(items.count, offset + size)
        let next = end < items.count ? token(at: end) : nil
        return Page(items: Array(items.dropFirst(offset).prefix(size)), next: next)
    }

    func token(at offset: Int) -> String {
        Base64.text(Array("\(list)|\(offset)".utf8))
    }
}
