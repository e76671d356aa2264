import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct UserSyncTests {
    @Test func `me and my tasks are archived under their own names`() async throws {
        try await Lab.withUser { lab in
            #expect(try await lab.logIn().exit == 0)
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let sources = ended.json?["sources"]?.array?.compactMap { $0["source"]?.string }
            #expect(sources == ["mail:\(lab.user.address)", "my-tasks:\(lab.user.openID)"])
            let found = try await lab.run("find", "--json").jsonLines
            let keys = Set(found.compactMap { $0["key"]?.string })
            let truth = lab.server.truth(as: .user).filter { line in
                line.mail.map { $0.mailbox == lab.user.address }
                    ?? line.sources.contains("my-tasks")
            }
            #expect(keys == Set(truth.map(\.key)))
            #expect(!keys.isEmpty && keys.contains { $0.hasPrefix("task:") })
            try await lab.expectClean()
            let again = try await lab.expect(["sync", "--json"], exit: 0).json
            #expect(again?["totals"]?["known"]?.integer == Int64(keys.count))
        }
    }

    @Test func `a login made without the scope for mailboxes cannot tell who me is`() async throws {
        try await Lab.withUser { world in
            let scopes = LarkiveScopes.all.subtracting(["mail:user_mailbox:readonly"])
            world.user?.granted = scopes
        } _: { lab in
            let login = try await lab.logIn()
            #expect(login.exit == 0, "\(login.errors)")
            #expect(!login.output.contains("\nmailbox "))
            let before = try await lab.expect(["audit", "log"], exit: 0).output
            let ended = try await lab.expect(["sync"], exit: 6)
            #expect(ended.errors.contains("mail:user_mailbox:readonly"))
            #expect(try await lab.expect(["audit", "log"], exit: 0).output == before)
        }
    }

    @Test func `a token that is old is renewed on the way, once`() async throws {
        try await Lab.withUser { world in
            // Half its life is over at once, as seen from a clock that went on.
            world.user?.accessLife = .seconds(2)
        } _: { lab in
            #expect(try await lab.logIn().exit == 0)
            let file = "\(lab.folder)/state/user_token.json"
            let before = try Data(contentsOf: URL(filePath: file))
            try lab.ageAccessToken()
            try await lab.expect(["sync"], exit: 0)
            #expect(try Data(contentsOf: URL(filePath: file)) != before)
            #expect(lab.server.counters().refreshReuse == 0)
        }
    }

    @Test func `two runs at the same time burn no token`() async throws {
        try await Lab.withUser { lab in
            #expect(try await lab.logIn().exit == 0)
            for _ in 0..<3 {
                try lab.ageAccessToken()
                let runs = try (0..<3).map { _ in try lab.start(["sync", "--dry-run"]) }
                for run in runs { #expect(await Lab.end(of: run).code == 0) }
            }
            #expect(lab.server.counters().refreshReuse == 0)
        }
    }

    /// Starts a run with an old token and kills it once the endpoint was asked and does not answer.
    private func kill(_ lab: Lab, at endpoint: Endpoint) async throws {
        #expect(try await lab.logIn().exit == 0)
        try lab.ageAccessToken()
        lab.server.resetCounters()
        lab.server.setFaults([SandboxFault(endpoint, .stall(after: 0, lasts: .seconds(60)))])
        let run = try lab.start(["sync"])
        await lab.server.wait { $0.calls(endpoint) >= 1 }
        run.send(SIGKILL)
        #expect(await Lab.end(of: run).code == SIGKILL)
        lab.server.setFaults([])
    }

    @Test func `killed between a refresh and its first use, the next run works`() async throws {
        try await Lab.withUser { lab in
            try await kill(lab, at: .folders)
            try await lab.expect(["sync"], exit: 0)
            #expect(lab.server.counters().calls(.userToken) == 1)
            #expect(lab.server.counters().refreshReuse == 0)
        }
    }

    @Test func `killed before the answer to a refresh, a login mends it`() async throws {
        try await Lab.withUser { lab in
            try await kill(lab, at: .userToken)
            let ended = try await lab.expect(["sync"], exit: 6)
            #expect(ended.errors.contains("20073") && ended.errors.contains("larkive login"))
            #expect(try await lab.logIn().exit == 0)
            try await lab.expect(["sync"], exit: 0)
        }
    }

    @Test func `a login that was revoked costs three calls at most`() async throws {
        try await Lab.withUser { lab in
            #expect(try await lab.logIn().exit == 0)
            lab.server.revokeUser()
            let before = lab.server.counters().calls.values.reduce(0, +)
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"] == ["credentials"], "\(ended.errors)")
            #expect(ended.errors.contains("larkive login"))
            #expect(lab.server.counters().calls.values.reduce(0, +) - before <= 3)
        }
    }

    @Test func `a consent that ends soon is a warning, and the run is complete`() async throws {
        try await Lab.withUser { lab in
            #expect(try await lab.logIn().exit == 0)
            let fresh = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(fresh.json?["warnings"] == [] && fresh.errors == "")
            try lab.ageConsent(days: 358)
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let warning = try #require(ended.json?["warnings"]?.array?.first?.string)
            #expect(warning.hasPrefix("the user's consent ends in 6 days"))
            #expect(ended.errors == "larkive: \(warning)\n")
        }
    }

    @Test func `mailboxes are discovered, aliases and groups are put on record`() async throws {
        try await Lab.withUser { world in
            let others = world.mailboxes.keys.sorted().dropFirst()
            let shared = try #require(others.first)
            world.mailboxes[shared]?.isPublic = true
            world.user?.accessible = [
                .init(shared, .publicMailbox), .init("alias@corp.example", .userAlias),
                .init("all@corp.example", .mailGroup),
            ]
        } _: { lab in
            try lab.configureUser(more: "mail:\n  mailboxes: [me]\n  discover: accessible")
            #expect(try await lab.logIn().exit == 0)
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            let sources = ended.json?["sources"]?.array?.compactMap { $0["source"]?.string } ?? []
            let shared = lab.user.accessible[0].address
            #expect(sources == ["mail:\(lab.user.address)", "mail:\(shared)"])
            let log = try await lab.expect(["audit", "log", "--private"], exit: 0).output
            #expect(log.contains("alias@corp.example") && log.contains("all@corp.example"))
        }
    }

    @Test func `a discovery that fails is named, and the others are archived`() async throws {
        try await Lab.with { world in
            world.app.scopes.remove(.publicMailboxes)
        } _: { lab in
            let address = try #require(lab.server.world.mailboxes.keys.min())
            try lab.configureUser(
                identity: "tenant",
                more: "mail:\n  mailboxes: [\(address)]\n  discover: [accessible, public]"
            )
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.errors.contains("mail:public_mailbox:readonly"), "\(ended.errors)")
            #expect((ended.json?["totals"]?["archived"]?.integer ?? 0) > 0)
        }
    }

    @Test func `chosen folders are walked, the others are on record`() async throws {
        try await Lab.with { lab in
            let address = try #require(lab.server.world.mailboxes.keys.min())
            try lab.configureUser(
                identity: "tenant",
                more: "mail:\n  mailboxes: [\(address)]\n  folders: [INBOX]"
            )
            try await lab.expect(["sync"], exit: 0)
            let found = try await lab.run("find", "--json").jsonLines
            let truth = lab.server.truth().filter {
                $0.mail.map { $0.mailbox == address && $0.folder == "INBOX" } ?? false
            }
            #expect(Set(found.compactMap { $0["key"]?.string }) == Set(truth.map(\.key)))
            #expect(!truth.isEmpty)
        }
    }
}

enum LarkiveScopes {
    /// What a user is asked for at most.
    static let all: Set<String> = [
        "offline_access", "mail:user_mailbox.message:readonly",
        "mail:user_mailbox.message.body:read", "mail:user_mailbox.message.subject:read",
        "mail:user_mailbox.message.address:read", "mail:user_mailbox.folder:read",
        "mail:user_mailbox:readonly", "mail:public_mailbox:readonly", "task:task:read",
        "task:tasklist:read", "task:attachment:read",
    ]
}

extension Lab {
    /// Makes the stored access token look as old as it can be.
    func ageAccessToken() throws {
        let path = "\(folder)/state/user_token.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let pattern = /"access_(issued|expires)_at":"[^"]*"/
        let aged = text.replacing(pattern) { match in
            #""access_\#(match.1)_at":"2020-01-01T00:00:00.000Z""#
        }
        try write("state/user_token.json", aged, mode: 0o600)
    }
    /// Makes the consent look as if it had been given so many days and an hour ago.
    func ageConsent(days: Double) throws {
        let path = "\(folder)/state/user_token.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let age = days * 86_400 + 3_600
        let time = Timestamp(
            milliseconds: Int64((Date().timeIntervalSince1970 - age) * 1_000)
        )
        let aged = text.replacing(/"consented_at":"[^"]*"/) { _ in
            #""consented_at":"\#(time)""#
        }
        try write("state/user_token.json", aged, mode: 0o600)
    }
}
