import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct EndpointTests {
    @Test func `an id is one segment of the path`() {
        #expect(
            Endpoint.message.path(["a+b@corp.example", "TUlH/c1+Nx=="])
                == "/open-apis/mail/v1/user_mailboxes/a%2Bb%40corp.example/messages/"
                + "TUlH%2Fc1%2BNx%3D%3D"
        )
    }

    @Test(arguments: [
        ("报价", "%E6%8A%A5%E4%BB%B7"), ("a b", "a%20b"), ("..", "%2E%2E"), ("a.b", "a.b"),
        ("%2F", "%252F"), ("?#&", "%3F%23%26"),
    ])
    func `whatever could end a segment is escaped`(id: String, segment: String) {
        #expect(URLText.segment(id) == segment)
    }

    @Test func `an array is the same name several times`() {
        let items = [QueryItem("attachment_ids", "a/b"), QueryItem("attachment_ids", "c=")]
        #expect(URLText.query(items) == "attachment_ids=a%2Fb&attachment_ids=c%3D")
    }

    @Test(arguments: Endpoint.allCases)
    func `every path takes as many ids as it has colons`(endpoint: Endpoint) {
        let ids = endpoint.row.path.filter { $0 == ":" }.count
        let path = endpoint.path(Array(repeating: "x/y", count: ids))
        #expect(!path.contains(":") && !path.contains("//"))
        #expect(path.split(separator: "/").filter { $0 == "x%2Fy" }.count == ids)
    }

    @Test(arguments: [
        "https://open.feishu.cn", "https://open.larksuite.com/", "https://Feishu.corp.example:8443",
        "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9",
    ])
    func `a base is https, or http on loopback`(text: String) {
        #expect(BaseURL(text) != nil)
    }

    @Test(arguments: [
        "", "open.feishu.cn", "http://open.feishu.cn", "https://", "ftp://open.feishu.cn",
        "https://user@open.feishu.cn", "https://open.feishu.cn/path", "https://open.feishu.cn?x",
        "http://10.0.0.1", "https://open.feishu.cn:0", "https://open.feishu.cn:99999",
        "https://open feishu.cn", "https://open.feishu.cn\\@evil.example",
    ])
    func `anything else is no base`(text: String) {
        #expect(BaseURL(text) == nil)
    }

    @Test func `a call is asked of the base`() throws {
        let base = try #require(BaseURL("https://open.feishu.cn/"))
        let url = base.url("/open-apis/x", [QueryItem("a", "1")]).reveal()
        #expect(url == "https://open.feishu.cn/open-apis/x?a=1")
        #expect(!base.isLoopback)
    }
}
