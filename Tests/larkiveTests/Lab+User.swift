import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

extension Lab {
    /// A lab with one person who may log in, and a config that acts for them.
    static func withUser(
        _ change: (inout World) throws -> Void = { _ in },
        _ body: (Lab) async throws -> Void
    ) async throws {
        let recipe = WorldRecipe(seed: 11, mailboxes: 3, messages: 20, tasks: 4)
        try await Lab.with(recipe) { world in
            let address = try #require(world.mailboxes.keys.min())
            world.user = World.User(openID: "ou_somebody", name: "Somebody", address: address)
            try change(&world)
        } _: { lab in
            try lab.configureUser()
            try await body(lab)
        }
    }

    var user: World.User {
        server.world.user ?? World.User(openID: "", name: "", address: "")
    }

    /// Names nothing but what the person is asked for.
    func configureUser(
        identity: String = "user",
        more: String = "mail:\n  mailboxes: [me]\ntasks:\n  my_tasks: true"
    ) throws {
        try write(
            "larkive.yaml",
            """
            archive: archive
            state: \(folder)/state
            feishu:
              base_url: \(server.baseURL)
              app_id: cli_sandbox0000000001
              app_secret_file: app_secret
              identity: \(identity)
              pacing: off
            \(more)
            """,
            mode: 0o600
        )
    }

    // MARK: logging in

    /// Runs `login`; a browser goes from its address to the page and back.
    func logIn(
        arguments: [String] = ["--port", "0"],
        _ browse: ((String) async throws -> Void)? = nil
    ) async throws -> Ended {
        let child = try start(["login"] + arguments)
        let answer = await answer(to: try await url(of: child))
        if let browse {
            try await browse(answer)
        } else {
            #expect(await visit(answer) == "200")
        }
        return Ended(await Lab.end(of: child))
    }

    func startLogin(_ arguments: [String], input: String) throws -> Child {
        let words = ["--config", config, "login", "--port", "0"] + arguments
        let program = try ([Self.binary] + words).map { "'\($0)'" }.joined(separator: " ")
        return try Child("/bin/sh", ["-c", "exec \(program) <> '\(input)'"])
    }

    /// The address that a running `login` has printed.
    func url(of child: Child) async throws -> String {
        let path = "/proc/\(child.id)/fd/1"
        let text = await withCheckedContinuation { done in
            DispatchQueue.global().async {
                var text = ""
                while !text.contains("\n"), !child.hasEnded {
                    text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                    usleep(2_000)
                }
                done.resume(returning: text)
            }
        }
        return try #require(text.split(separator: "\n").first.map(String.init))
    }

    /// Where the platform sends the browser.
    func answer(to url: String) async -> String {
        await curl("%{redirect_url}", url)
    }

    /// Goes to an address; the status that comes back.
    func visit(_ url: some StringProtocol) async -> String {
        await curl("%{http_code}", String(url))
    }

    /// Asks once, follows nothing, and tells what is wanted of the answer.
    private func curl(_ wanted: String, _ url: String) async -> String {
        let arguments = ["-s", "-o", "/dev/null", "-w", wanted, url]
        guard let curl = try? Child("/usr/bin/curl", arguments) else { return "no curl" }
        return String(decoding: await Self.end(of: curl).output, as: UTF8.self)
    }

    func type(_ text: String, into pipe: String) async throws {
        let child = try Child("/bin/sh", ["-c", "printf '%s' \"$0\" > \"$1\"", text, pipe])
        await Self.end(of: child)
    }
}

extension Lab.Ended {
    init(_ ended: Child.Ended) {
        self.init(
            exit: ended.code,
            output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self)
        )
    }
}
