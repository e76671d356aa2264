import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct DiscoveryTests {
    private static func accessible(_ items: (String, String)...) -> ScriptedTransport.Reply {
        let list = items.map { #"{"email_address":"\#($0.0)","email_type":"\#($0.1)"}"# }
        return .data(#"{"accessible_mailboxes":["# + list.joined(separator: ",") + "]}")
    }

    private static func shared(_ names: [String], next: String? = nil) -> ScriptedTransport.Reply {
        let list = names.map { #"{"public_mailbox_id":"\#($0)","email":"\#($0)@corp.example"}"# }
        let end = next.map { #""has_more":true,"page_token":"\#($0)""# } ?? #""has_more":false"#
        return .data(#"{"items":["# + list.joined(separator: ",") + "]," + end + "}")
    }

    private func names(_ discovery: Discovery) -> [String] {
        discovery.mailboxes.map { String($0.rawValue.prefix { $0 != "@" }) }
    }

    @Test func `nothing is asked when nothing is to be discovered`() async throws {
        let bench = try FeishuBench { _ in .data("{}") }
        let found = await bench.parts.discovery.look([], from: [try .sample()])
        #expect(names(found) == ["a"])
        #expect(bench.transport.asked.isEmpty)
    }

    @Test func `own and shared mailboxes are walked, aliases and groups are told`() async throws {
        let bench = try FeishuBench { _ in
            Self.accessible(
                ("A@corp.example", "USER_PRIMARY"),
                ("alias@corp.example", "USER_ALIAS"),
                ("s@corp.example", "PUBLIC_MAILBOX"),
                ("g@corp.example", "MAIL_GROUP"),
                ("sa@corp.example", "PUBLIC_MAILBOX_ALIAS"),
                ("n@corp.example", "SOMETHING_NEW")
            )
        }
        let found = await bench.parts.discovery.look([.accessible], from: [try .sample()])
        #expect(names(found) == ["a", "s"])
        #expect(
            found.leftOut.map(\.address.rawValue)
                == ["alias", "g", "sa", "n"].map { "\($0)@corp.example" }
        )
        #expect(found.failures.isEmpty)
    }

    @Test func `every configured mailbox is asked, and each found once`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("a%40corp")
                ? Self.accessible(("s@corp.example", "PUBLIC_MAILBOX"))
                : Self.accessible(
                    ("s@corp.example", "PUBLIC_MAILBOX"),
                    ("a@corp.example", "USER_ALIAS")
                )
        }
        let found = await bench.parts.discovery.look(
            [.accessible],
            from: [try .sample(), try .sample("b@corp.example")]
        )
        #expect(names(found) == ["a", "b", "s"])
        #expect(found.leftOut.isEmpty, "what the config names is walked, whatever it is")
    }

    @Test func `public mailboxes are listed to the end, and not asked themselves`() async throws {
        let bench = try FeishuBench { asked in
            guard asked.isFor("public_mailboxes") else { return .refusal(403, 1_230_004) }
            return asked.first("page_token") == nil
                ? Self.shared(["s1", "a"], next: "2") : Self.shared(["s2"])
        }
        let found = await bench.parts.discovery.look(
            Discovery.Way.allCases,
            from: [try .sample()]
        )
        #expect(names(found) == ["a", "s1", "s2"])
        #expect(found.failures.isEmpty)
        #expect(
            bench.transport.asked("public_mailboxes").map { $0.first("page_size") } == [
                "200", "200",
            ]
        )
    }

    @Test func `a discovery that fails is told by name and stops no other`() async throws {
        let bench = try FeishuBench { asked in
            if asked.isFor("public_mailboxes") { return .refusal(400, 99_991_672) }
            return asked.isFor("a%40corp")
                ? .refusal(403, 1_230_004) : Self.accessible(("s@corp.example", "PUBLIC_MAILBOX"))
        }
        let found = await bench.parts.discovery.look(
            [.public, .accessible],
            from: [try .sample(), try .sample("b@corp.example")]
        )
        #expect(names(found) == ["a", "b", "s"])
        #expect(found.failures.map(\.kind) == [.forbidden, .forbidden])
        #expect(found.failures[0].detail.hasPrefix("discovery, public mailboxes: "))
        #expect(found.failures[0].hint?.contains("mail:public_mailbox:readonly") == true)
        #expect(found.failures[1].detail.hasPrefix("discovery, mailbox a@corp.example: "))
    }

    @Test func `an answer that makes no sense is a failure, not an empty list`() async throws {
        let bench = try FeishuBench { _ in Self.accessible(("nobody", "USER_PRIMARY")) }
        let found = await bench.parts.discovery.look([.accessible], from: [try .sample()])
        #expect(found.failures.map(\.kind) == [.incomplete])
    }

    @Test func `the own mailbox is the primary one, or unknown`() async throws {
        let bench = try FeishuBench { asked in
            #expect(asked.isFor("/user_mailboxes/me/accessible_mailboxes"))
            return asked.earlier == 0
                ? Self.accessible(("x@b.example", "USER_ALIAS"), ("a@b.example", "USER_PRIMARY"))
                : Self.accessible(("x@b.example", "USER_ALIAS"))
        }
        #expect(try await bench.parts.discovery.primaryAddress().rawValue == "a@b.example")
        let error = await #expect(throws: SourceError.self) {
            _ = try await bench.parts.discovery.primaryAddress()
        }
        #expect(error?.kind == .forbidden)
    }
}
