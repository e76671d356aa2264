import Testing

@testable import FeishuSandbox

@Suite struct PagingQuirkTests {
    private static let list = SmallWorld.mailbox + "/messages?folder_id=INBOX&page_size=2"

    /// Two pages of four messages; the quirk is on the page of this number, counted from zero.
    private func pages(_ quirk: PagingQuirk, on number: Int) throws -> [WireJSON?] {
        var world = SmallWorld.crowded(4)
        world.faults = [
            SandboxFault(.messages, when: .init(skip: number, times: 1), .paging(quirk))
        ]
        var visitor = try Visitor(world)
        let first = visitor.get(Self.list)
        guard first.status == 200 else { return [nil] }
        let token = try first.json["data"]?["page_token"].text ?? ""
        let second = visitor.get(Self.list + "&page_token=" + PercentText.encode(token))
        return [try first.json["data"], try second.json["data"]]
    }

    private func ids(_ page: WireJSON?) throws -> [String] {
        try page?["items"].items.map { try ($0 as WireJSON?).text } ?? []
    }

    @Test func `a page can be empty and have more`() throws {
        let pages = try pages(.emptyPage, on: 0)
        #expect(try ids(pages[0]).isEmpty && pages[0]?["has_more"] == true)
        #expect(try ids(pages[1]) == ["m0", "m1"])
    }

    @Test func `a list can be empty and claim to be whole`() throws {
        let page = try pages(.nothing, on: 1)[1]
        #expect(try ids(page).isEmpty && page?["has_more"] == false && page?["page_token"] == nil)
    }

    @Test func `an item can come twice`() throws {
        #expect(try ids(pages(.itemTwice, on: 0)[0]) == ["m0", "m1", "m1"])
    }

    @Test func `a list can grow between two pages`() throws {
        #expect(try ids(pages(.grown, on: 1)[1]) == ["m1", "m2", "m3"])
        #expect(try ids(pages(.grown, on: 0)[0]) == ["m0", "m1"])
    }

    @Test func `a token can lead back to its page`() throws {
        let pages = try pages(.repeatedToken, on: 0)
        #expect(try ids(pages[1]) == ids(pages[0]))
    }

    @Test func `a token can be stale, but page one is not`() throws {
        #expect(try pages(.staleToken, on: 1)[1] == nil)
        #expect(try ids(pages(.staleToken, on: 0)[0]) == ["m0", "m1"])
    }

    @Test func `the last token can be empty`() throws {
        let last = try pages(.emptyLastToken, on: 1)[1]
        #expect(last?["page_token"] == "" && last?["has_more"] == false)
    }

    @Test func `the way to the next page can be lost`() throws {
        let last = try pages(.lostToken, on: 1)[1]
        #expect(last?["page_token"] == "" && last?["has_more"] == true)
    }
}
