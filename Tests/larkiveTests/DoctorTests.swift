import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct DoctorTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    @Test func `a healthy set-up is told source by source, and nothing is changed`() async throws {
        try await Lab.with(Self.small) { lab in
            let before = try lab.tree()
            let ended = try await lab.expect(["doctor", "--json"], exit: 0)
            #expect(try lab.tree() == before)
            #expect(ended.errors.isEmpty)
            let json = try #require(ended.json)
            #expect(json["ok"] == true)
            #expect(Self.checks(json, "fail").isEmpty)
            let names = Set(json["checks"]?.array?.compactMap { $0["name"]?.string } ?? [])
            #expect(
                names == [
                    "config", "secret", "archive", "key", "log", "space", "identity", "reach",
                    "scopes",
                    "clock", "sandbox",
                ]
            )
            let sources = try #require(json["sources"]?.array)
            #expect(sources.count == 4)
            for source in sources {
                #expect(source["reachable"] == true && source["proven"] == true)
                #expect(source["canary"]?.string?.isEmpty == false)
                #expect(source["estimated_items"]?.integer ?? 0 > 0)
            }
            let mail = sources.filter { $0["source"]?.string?.hasPrefix("mail:") == true }
            #expect(mail.allSatisfy { $0["folders"]?.array?.count == 9 && $0["newest"] != nil })
            let counters = lab.server.counters()
            #expect(counters.calls(.batchGet) == 0 && counters.calls(.link) == 0)
            #expect(counters.calls(.tenantToken) == 1)
            // The token, and three calls for each of four sources.
            let calls: Int = counters.calls.values.reduce(0, +)
            #expect(calls == 13)
        }
    }

    @Test func `without the body scope it says so for each mailbox, and what to grant`()
        async throws
    {
        try await Lab.with(Self.small) {
            $0.app.scopes.remove(.body)
        } _: { lab in
            let before = try lab.tree()
            let ended = try await lab.expect(["doctor", "--json"], exit: 6)
            let json = try #require(ended.json)
            let blind = Self.checks(json, "fail")
            #expect(
                Set(blind.map(\.subject))
                    == Set(lab.server.world.mailboxes.keys.map { "mail:\($0)" })
            )
            for check in blind {
                #expect(check.detail.contains("attachments would look empty"))
                #expect(check.hint.contains("mail:user_mailbox.message.body:read"))
            }
            let mail = json["sources"]?.array?.filter { $0["proof"] == "blind" } ?? []
            #expect(mail.count == 2)
            for source in mail {
                let canary = try #require(source["canary"]?.string)
                #expect(blind.contains { $0.detail.contains(canary) })
            }
            #expect(try lab.tree() == before)
            let text = try await lab.expect(["doctor"], exit: 6).output
            #expect(
                text.contains("attachments would look empty")
                    && text.contains("do: in the developer")
            )
        }
    }

    @Test func `senders and subjects that would be missing are a warning`() async throws {
        try await Lab.with(Self.small) {
            $0.app.scopes.remove(.subject)
            $0.app.scopes.remove(.address)
        } _: { lab in
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 0).json)
            let warnings = Self.checks(json, "warn").filter { $0.name == "scopes" }
            #expect(warnings.count == 2)
            #expect(
                warnings.allSatisfy {
                    $0.hint.contains("subject:read") && $0.hint.contains("address:read")
                }
            )
        }
    }

    @Test(arguments: [
        (World.Scope.folders, "mail:user_mailbox.folder:read"),
        (.messages, "mail:user_mailbox.message:readonly"),
        (.tasklists, "task:tasklist:read"), (.tasks, "task:task:read"),
        (.taskAttachments, "task:attachment:read"),
    ])
    func `a scope that is refused loudly is named`(scope: World.Scope, name: String) async throws {
        try await Lab.with(Self.small) {
            $0.app.scopes.remove(scope)
        } _: { lab in
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 6).json)
            #expect(Self.checks(json, "fail").allSatisfy { $0.hint.contains(name) })
        }
    }

    @Test func `a forbidden mailbox is named, and the others are proven`() async throws {
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            world.mailboxes[address]?.isForbidden = true
        } _: { lab in
            let address = try #require(lab.server.world.mailboxes.keys.min())
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 6).json)
            let failed = Self.checks(json, "fail")
            #expect(failed.map(\.subject) == ["mail:\(address)"])
            #expect(failed.first?.hint.contains("data permission") == true)
            #expect(json["sources"]?.array?.count { $0["proven"] == true } == 3)
        }
    }

    @Test func `an empty mailbox cannot be proven yet, which is no error`() async throws {
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            world.mailboxes[address] = World.Mailbox(address: address)
        } _: { lab in
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 0).json)
            #expect(
                Self.checks(json, "warn").contains { $0.detail.contains("cannot be proven yet") }
            )
            #expect(json["sources"]?.array?.first?["proof"] == "not_yet")
        }
    }

    @Test func `a wrong secret ends the questions`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(secret: "not-the-secret")
            let ended = try await lab.expect(["doctor", "--json"], exit: 6)
            let failed = Self.checks(try #require(ended.json), "fail")
            #expect(failed.map(\.name) == ["identity"])
            #expect(failed.first?.hint.contains("feishu.app_secret_file") == true)
            #expect(!ended.output.contains("not-the-secret"))
            #expect(lab.server.counters().calls(.tenantToken) == 1)
        }
    }

    @Test func `a platform that does not answer ends with 4`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(baseURL: "http://127.0.0.1:9")
            let ended = try await lab.expect(["doctor", "--json"], exit: 4)
            #expect(ended.json?["sources"]?.array?.count == 1)
            #expect(Self.checks(try #require(ended.json), "fail").map(\.name) == ["reach"])
        }
    }

    @Test func `a run that is going on is told, and not disturbed`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let run = try lab.start(["sync"])
            await lab.server.wait { $0.linkUses > 0 }
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 0).json)
            let lock = Self.checks(json, "ok").filter { $0.name == "lock" }
            #expect(lock.first?.detail.contains("pid \(run.id)") == true)
            run.send(SIGKILL)
            await Lab.end(of: run)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
        }
    }

    @Test func `for a user it tells who that is and how long the consent lasts`() async throws {
        try await Lab.withUser { lab in
            let nobody = try await lab.expect(["doctor", "--json"], exit: 6)
            let missing = Self.checks(try #require(nobody.json), "fail")
            #expect(missing.first?.hint.contains("larkive login") == true)
            _ = try await lab.logIn()
            let before = try lab.tree()
            let json = try #require(try await lab.expect(["doctor", "--json"], exit: 0).json)
            #expect(try lab.tree() == before)
            let identity = Self.checks(json, "ok").filter { $0.name == "identity" }
            #expect(identity.contains { $0.detail.contains("consent lasts for 36") })
            #expect(identity.allSatisfy { $0.subject.contains("user ou_somebody") })
            let sources = json["sources"]?.array?.compactMap { $0["source"]?.string } ?? []
            #expect(sources == ["mail:\(lab.user.address)", "my-tasks:ou_somebody"])
            #expect(json["sources"]?.array?.allSatisfy { $0["proven"] == true } == true)
        }
    }

    struct Told { let name, subject, detail, hint: String }

    static func checks(_ json: JSON, _ status: String) -> [Told] {
        (json["checks"]?.array ?? []).filter { $0["status"]?.string == status }.map {
            Told(
                name: $0["name"]?.string ?? "",
                subject: $0["subject"]?.string ?? "",
                detail: $0["detail"]?.string ?? "",
                hint: $0["hint"]?.string ?? ""
            )
        }
    }
}
