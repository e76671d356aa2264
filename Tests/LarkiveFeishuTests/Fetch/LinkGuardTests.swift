import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct LinkGuardTests {
    @Test(arguments: [
        "https://api-drive-stream.blmpb.com/space/api/box/stream/download/authcode/?code=YT_-",
        "https://1.1.1.1/x", "https://host:8443/x", "HTTPS://Host/x",
        "https://[2606:4700:4700::1111]/x", "https://0a.example/x",
    ])
    func `a public https link is followed`(link: String) throws {
        #expect(throws: Never.self) { try check(link) }
    }

    @Test(arguments: [
        ("http://api-drive-stream.feishu.cn/x", BadLink.plainHTTP),
        ("https://user@host/x", .userInfo), ("https://user:pw@host/x", .userInfo),
        ("https://host@/x", .malformed), ("https://good.example@10.0.0.1/x", .userInfo),
        ("ftp://host/x", .malformed), ("file:///etc/passwd", .malformed), ("//host/x", .malformed),
        ("javascript:alert(1)", .malformed), ("", .malformed), ("https://", .malformed),
        ("https://ho st/x", .malformed), ("https://host\\@evil/x", .malformed),
        ("https://höst/x", .malformed), ("https://host/\u{0}", .malformed),
        ("https://host:0/x", .malformed), ("https://host:x/", .malformed),
        ("https://127.0.0.1/x", .address), ("https://localhost/x", .address),
        ("https://a.localhost./x", .address), ("https://10.1.2.3/x", .address),
        ("https://172.16.0.1/x", .address), ("https://192.168.1.1/x", .address),
        ("https://169.254.169.254/latest/meta-data", .address), ("https://100.64.0.1/x", .address),
        ("https://0.0.0.0/x", .address), ("https://224.0.0.1/x", .address),
        ("https://2130706433/x", .address), ("https://0x7f000001/x", .address),
        ("https://127.1/x", .address), ("https://010.0.0.1/x", .address),
        ("https://1.1.1.1./x", .address), ("https://[::1]/x", .address),
        ("https://[::]/x", .address), ("https://[fe80::1]/x", .address),
        ("https://[fd00::1]/x", .address), ("https://[::ffff:10.0.0.1]/x", .address),
        ("https://[::ffff:7f00:1]/x", .address), ("https://[64:ff9b::a00:1]/x", .address),
        ("https://[2002:a00:1::]/x", .address), ("https://[ff02::1]/x", .address),
        ("https://[1::2::3]/x", .address), ("https://[zz]/x", .malformed),
    ])
    func `any other link is refused`(link: String, reason: BadLink) {
        #expect(throws: reason) { try check(link) }
    }

    @Test(arguments: ["http://127.0.0.1:80/x", "http://localhost/x", "https://[::1]/x"])
    func `loopback is allowed where the API is on loopback`(link: String) throws {
        #expect(throws: Never.self) { try check(link, allowsLoopback: true) }
    }

    @Test(arguments: [
        ("http://host.example/x", BadLink.plainHTTP), ("https://192.168.1.1/x", .address),
    ])
    func `an API on loopback allows nothing else`(link: String, reason: BadLink) {
        #expect(throws: reason) { try check(link, allowsLoopback: true) }
    }

    @Test(arguments: [
        ("https://feishu.cn/x", true), ("https://a.b.Feishu.CN/x", true),
        ("https://a.feishu.cn./x", true), ("https://evilfeishu.cn/x", false),
        ("https://feishu.cn.evil.example/x", false), ("https://1.1.1.1/x", false),
    ])
    func `an allow-list counts whole labels`(link: String, isAllowed: Bool) {
        let linkGuard = LinkGuard(allowsLoopback: false, hosts: ["Feishu.cn"])
        let address = try? linkGuard.check(Secret(link))
        #expect((address != nil) == isAllowed)
    }

    @Test(arguments: [
        ("https://other/y", "https://other/y"), ("/y?z", "https://host:1/y?z"),
        ("//other/y", "https://other/y"), ("http://other/y", "http://other/y"),
    ])
    func `a redirect leads where it says`(location: String, target: String) throws {
        let linkGuard = LinkGuard(allowsLoopback: false)
        let address = try linkGuard.check(Secret("https://host:1/a/b"))
        #expect(try linkGuard.target(location, from: address).reveal() == target)
    }

    @discardableResult
    private func check(
        _ link: String,
        allowsLoopback: Bool = false
    ) throws(BadLink) -> WebAddress {
        try LinkGuard(allowsLoopback: allowsLoopback).check(Secret(link))
    }
}
