import Testing

@testable import FeishuSandbox

@Suite struct TokenTests {
    @Test(arguments: [(5400, true), (5401, false)])
    func `a token is handed out again while half an hour is left`(
        seconds: Int,
        isSame: Bool
    ) throws {
        var visitor = try Visitor(SmallWorld.world)
        let first = try visitor.signIn()
        visitor.pass(.seconds(seconds))
        #expect(try (visitor.signIn() == first) == isSame)
    }

    @Test func `the old token stays good beside the new one`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.pass(.seconds(7000))
        _ = try visitor.signIn()
        #expect(visitor.get("/open-apis/task/v2/tasklists").status == 200)
        visitor.pass(.seconds(200))
        let answer = visitor.get("/open-apis/task/v2/tasklists")
        #expect(try answer.verdict == Verdict(400, 99_991_663))
    }

    @Test func `a token can die before its time`() throws {
        var visitor = try Visitor(SmallWorld.world)
        visitor.platform.revokeTokens()
        let answer = visitor.get("/open-apis/task/v2/tasklists")
        #expect(try answer.verdict == Verdict(400, 99_991_663))
    }
}
