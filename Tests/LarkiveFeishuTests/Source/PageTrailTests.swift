import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct PageTrailTests {
    @Test func `has_more decides, not the token`() throws {
        var trail = PageTrail()
        #expect(try trail.next(after: page("a", more: false, "T9"), ids: ["a"]) == .end)
    }

    @Test func `an empty page in the middle is followed`() throws {
        var trail = PageTrail()
        #expect(try trail.next(after: page("a", more: true, "T1"), ids: ["a"]) == .next("T1"))
        #expect(try trail.next(after: page(nil, more: true, "T2"), ids: []) == .next("T2"))
        #expect(try trail.next(after: page("b", more: false, nil), ids: ["b"]) == .end)
    }

    @Test func `more without a token is no end`() {
        var trail = PageTrail()
        #expect(throws: PageTrail.Lost.noToken) {
            try trail.next(after: page("a", more: true, nil), ids: ["a"])
        }
    }

    @Test func `an item on two pages means that something came in front, which is looked for`()
        throws
    {
        var trail = PageTrail()
        #expect(try trail.next(after: page("a", more: true, "T1"), ids: ["a", "b"]) == .next("T1"))
        #expect(try trail.next(after: page("b", more: false, nil), ids: ["b", "c"]) == .again)
        #expect(try trail.next(after: page("n", more: true, "T1"), ids: ["n", "a"]) == .next("T1"))
        #expect(try trail.next(after: page("b", more: true, "T2"), ids: ["b", "c"]) == .end)
    }

    @Test func `a second look is the last`() throws {
        var trail = PageTrail()
        _ = try trail.next(after: page("a", more: true, "T1"), ids: ["a"])
        #expect(try trail.next(after: page("a", more: false, nil), ids: ["a"]) == .again)
        #expect(try trail.next(after: page("n", more: false, nil), ids: ["n", "a"]) == .end)
    }

    @Test func `a token that comes again leads in a circle`() throws {
        var trail = PageTrail()
        _ = try trail.next(after: page("a", more: true, "T1"), ids: ["a"])
        _ = try trail.next(after: page("b", more: true, "T2"), ids: ["b"])
        #expect(throws: PageTrail.Lost.repeatedToken) {
            try trail.next(after: page("c", more: true, "T1"), ids: ["c"])
        }
    }

    @Test func `an empty page may lead to itself a few times`() throws {
        var trail = PageTrail()
        _ = try trail.next(after: page("a", more: true, "T1"), ids: ["a"])
        for _ in 0..<PageTrail.emptyRepeats {
            #expect(try trail.next(after: page(nil, more: true, "T1"), ids: []) == .next("T1"))
        }
        #expect(throws: PageTrail.Lost.repeatedToken) {
            try trail.next(after: page(nil, more: true, "T1"), ids: [])
        }
    }

    @Test func `pages that never hold anything new are not followed for ever`() throws {
        var trail = PageTrail()
        for number in 0..<PageTrail.barrenPages {
            _ = try trail.next(after: page("a", more: true, "T\(number)"), ids: ["a"])
        }
        _ = try trail.next(after: page("a", more: true, "U"), ids: ["a"])
        #expect(throws: PageTrail.Lost.nothingNew(pages: 51)) {
            try trail.next(after: page("a", more: true, "V"), ids: ["a"])
        }
    }

    @Test(arguments: [
        (
            #"{"items":["a"],"has_more":true,"page_token":"T"}"#,
            Page(items: ["a"], hasMore: true, token: "T")
        ),
        (
            #"{"items":[],"has_more":false,"page_token":""}"#,
            Page(items: [], hasMore: false, token: nil)
        ),
        (#"{"items":null,"has_more":false}"#, Page(items: [], hasMore: false, token: nil)),
    ])
    func `a page is read`(text: String, expected: Page) throws {
        #expect(try Page(object(text)) == expected)
    }

    @Test(arguments: [
        (#"{"items":[]}"#, "has_more is missing"),
        (#"{"items":{},"has_more":false}"#, "items is not a list"),
        (#"{"items":[],"has_more":"false"}"#, "has_more is not true or false"),
        (#"{"items":[],"has_more":true,"page_token":5}"#, "page_token is not text"),
    ])
    func `a page that cannot tell its end is refused`(text: String, words: String) throws {
        #expect(throws: BadAnswer(words)) { try Page(object(text)) }
    }

    private func page(_ item: String?, more: Bool, _ token: String?) -> Page {
        Page(items: item.map { [.string($0)] } ?? [], hasMore: more, token: token)
    }
}

/// The object that a text is.
func object(_ text: String) throws -> JSONObject {
    try #require(try JSONReader.read(Array(text.utf8)).object)
}
