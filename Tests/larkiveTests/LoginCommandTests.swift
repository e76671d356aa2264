import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct LoginCommandTests {
    @Test func `a person who agrees is logged in`() async throws {
        try await Lab.withUser { lab in
            let ended = try await lab.logIn()
            #expect(ended.exit == 0, "\(ended.errors)")
            #expect(ended.output.contains("logged in  \(lab.user.openID)"))
            #expect(ended.output.contains("mailbox    \(lab.user.address)"))
            let file = "\(lab.folder)/state/user_token.json"
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let stored = try JSONReader.read(Array(try Data(contentsOf: URL(filePath: file))))
            #expect(stored["open_id"]?.string == lab.user.openID)
            for name in ["access_token", "refresh_token"] {
                let token = try #require(stored[name]?.string)
                #expect(!(ended.output + ended.errors).contains(token))
            }
        }
    }

    @Test func `a port that is free is found, icons and strangers are waited past`() async throws {
        try await Lab.withUser { lab in
            let ended = try await lab.logIn(arguments: ["--port", "0"]) { answer in
                let home = answer.prefix { $0 != "?" }
                let icon = await lab.visit(home.replacing("callback", with: "favicon.ico"))
                #expect(icon == "404")
                #expect(await lab.visit("\(home)?code=forged&state=forged") == "400")
                #expect(await lab.visit(answer) == "200")
            }
            #expect(ended.exit == 0, "\(ended.errors)")
            #expect(ended.errors.contains("belongs to another login"))
        }
    }

    @Test func `a person who declines ends it with 6`() async throws {
        try await Lab.withUser { world in
            world.user?.denies = true
        } _: { lab in
            let ended = try await lab.logIn()
            #expect(ended.exit == 6)
            #expect(ended.errors.contains("access_denied"))
            #expect(!FileManager.default.fileExists(atPath: "\(lab.folder)/state/user_token.json"))
        }
    }

    @Test func `a code that is worth nothing ends it with 6`() async throws {
        try await Lab.withUser { lab in
            let ended = try await lab.logIn { answer in
                let bad = answer.replacing("code=", with: "code=x")
                #expect(await lab.visit(bad) == "200")
            }
            #expect(ended.exit == 6)
            #expect(ended.errors.contains("20003"), "\(ended.errors)")
            #expect(ended.errors.contains("larkive login"))
        }
    }

    @Test func `without a browser the address is pasted`() async throws {
        try await Lab.withUser { lab in
            let pipe = "\(lab.folder)/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            let child = try lab.startLogin(["--no-browser"], input: pipe)
            let url = try await lab.url(of: child)
            let answer = await lab.answer(to: url)
            let home = answer.prefix { $0 != "?" }
            try await lab.type("\(home)?code=1&state=2\n\(answer)\n", into: pipe)
            let ended = Lab.Ended(await Lab.end(of: child))
            #expect(ended.exit == 0, "\(ended.errors)")
            #expect(ended.errors.contains("belongs to another login"))
        }
    }

    @Test func `a port that is taken is told`() async throws {
        try await Lab.withUser { lab in
            let taken = try #require(lab.server.baseURL.split(separator: ":").last)
            let ended = try await lab.run("login", "--port", String(taken))
            #expect(ended.exit == 2)
            #expect(ended.errors.contains("--port"))
        }
    }

    @Test func `the tenant has nobody to log in`() async throws {
        try await Lab.withUser { lab in
            try lab.configureUser(identity: "tenant", more: "")
            let ended = try await lab.run("login")
            #expect(ended.exit == 2)
            #expect(ended.errors.contains("feishu.identity: user"))
        }
    }

    @Test func `without a login a run says what to do`() async throws {
        try await Lab.withUser { lab in
            let ended = try await lab.run("sync")
            #expect(ended.exit == 6)
            #expect(ended.errors.contains("larkive login"))
        }
    }
}
