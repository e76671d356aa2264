import Testing

@testable import FeishuSandbox

@Suite struct ContentStreamTests {
    private func bytes(_ content: World.Content, count: Int? = nil) -> [UInt8] {
        ContentStream(content, count: count).flatMap { [UInt8]($0) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func `a content has as many bytes as it says`(count: Int) {
        #expect(bytes(.generated(seed: 1, id: 2, count: count)).count == count)
    }

    @Test func `pieces differ from each other and between contents`() {
        let first = bytes(.generated(seed: 1, id: 2, count: 131_072))
        #expect(first.prefix(65_536) != first.suffix(65_536))
        #expect(first != bytes(.generated(seed: 1, id: 3, count: 131_072)))
        #expect(first != bytes(.generated(seed: 2, id: 2, count: 131_072)))
    }

    @Test func `a longer stream begins like a shorter one`() {
        let content = World.Content.generated(seed: 1, id: 2, count: 1000)
        #expect(bytes(content, count: 1500).prefix(1000) == bytes(content)[...])
    }

    @Test func `a text that is made longer is followed by spaces`() {
        #expect(bytes(.text("ab"), count: 4) == Array("ab  ".utf8))
        #expect(bytes(.text("ab"), count: 1) == Array("a".utf8))
    }

    @Test func `the digest of nothing is well known`() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(DigestCache().digest(of: .text("")) == empty)
        #expect(DigestCache().digest(of: .generated(seed: 1, id: 2, count: 0)) == empty)
    }
}
