import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// A sandbox on loopback and an archive beside it, driven through the real program.
struct Lab {
    let server: SandboxServer
    let folder: String

    /// Runs a test with a world of its own; the server is stopped and the audit log kept for the
    /// independent verifier, if one is wanted.
    static func with(
        _ recipe: WorldRecipe = WorldRecipe(seed: 3, mailboxes: 2, messages: 20, tasks: 6),
        tiers: Bool = false,
        _ change: (inout World) throws -> Void = { _ in },
        _ body: (Lab) async throws -> Void
    ) async throws {
        var world = World(recipe)
        try change(&world)
        let folder = ScratchDirectory.path
        try #require(!folder.isEmpty)
        let server = try await SandboxServer.start(world: world, tiers: tiers)
        let lab = Lab(server: server, folder: folder)
        do {
            try lab.configure()
            try await lab.expect(["init"], exit: 0)
            try await body(lab)
            try lab.keepAudit()
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    var archive: String { "\(folder)/archive" }
    var config: String { "\(folder)/larkive.yaml" }
    func file(_ name: String) -> String { "\(archive)/\(name)" }

    /// Writes a config that names everything in the world.
    func configure(
        secret: String = "sandbox-secret-not-real",
        baseURL: String? = nil,
        pacing: String = "off",
        more: String = ""
    ) throws {
        try write("app_secret", secret, mode: 0o600)
        let world = server.world
        let mailboxes = world.mailboxes.keys.sorted().joined(separator: ", ")
        let lists = world.tasks.tasklists.map(\.guid).joined(separator: ", ")
        try write(
            "larkive.yaml",
            """
            archive: archive
            state: \(folder)/state
            feishu:
              base_url: \(baseURL ?? server.baseURL)
              app_id: cli_sandbox0000000001
              app_secret_file: app_secret
              pacing: \(pacing)
            mail:
              mailboxes: [\(mailboxes)]
            tasks:
              tasklists: [\(lists)]
            \(more)
            """,
            mode: 0o600
        )
    }

    func write(_ name: String, _ text: String, mode: Int) throws {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    // MARK: running

    struct Ended: Sendable {
        let exit: Int32
        let output: String
        let errors: String

        var json: JSON? { try? JSONReader.read(Array(output.utf8)) }
        var jsonLines: [JSON] {
            output.split(separator: "\n").compactMap { try? JSONReader.read(Array($0.utf8)) }
        }
    }

    static var binary: String {
        get throws {
            let folder = try #require(
                Bundle.allBundles.map(\.bundlePath).first { $0.contains(".build") }
                    ?? CommandLine.arguments.first.map {
                        URL(filePath: $0).deletingLastPathComponent().path
                    }
            )
            return folder.hasSuffix(".xctest")
                ? URL(filePath: folder).deletingLastPathComponent().appending(path: "larkive").path
                : "\(folder)/larkive"
        }
    }

    /// Starts the program with this lab's config.
    func start(_ arguments: [String]) throws -> Child {
        try Child(
            try Self.binary,
            ["--config", config] + arguments,
            environment: environment
        )
    }

    private var environment: [String] { ["PATH=/usr/bin:/bin", "HOME=\(folder)", "TZ=UTC"] }

    /// For a program under a limit of file sizes.
    ///
    /// ThreadSanitizer fills and maps a file in `TMPDIR` before the program begins, and the signal of
    /// what the limit cut off would be told as its report; without that folder it does without.
    var environmentUnderLimit: [String] { environment + ["TMPDIR=/dev/null"] }

    func run(_ arguments: String...) async throws -> Ended { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> Ended {
        let ended = await Self.end(of: try start(arguments))
        return Ended(
            exit: ended.code,
            output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self)
        )
    }

    /// Waits on a thread of its own, so that it holds up nothing.
    @discardableResult
    static func end(of child: Child) async -> Child.Ended {
        await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: child.wait()) }
        }
    }

    @discardableResult
    func expect(
        _ arguments: [String],
        exit: Int32,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Ended {
        let ended = try await run(arguments)
        #expect(
            ended.exit == exit,
            "\(arguments): \(ended.output)\n\(ended.errors)",
            sourceLocation: sourceLocation
        )
        return ended
    }

    // MARK: checking

    /// Everything that the world has is in the archive with the same bytes, and nothing else.
    func expectTruth(
        except missing: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await run("find", "--json").jsonLines
        let held = found.filter { $0["state"]?.string == "held" }
        let ours = Dictionary(
            held.map { ($0["key"]?.string ?? "", $0["sha256"]?.string ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
        let theirs = Dictionary(
            server.truth().map { ($0.key, $0.sha256) },
            uniquingKeysWith: { first, _ in first }
        )
        #expect(
            ours == theirs.filter { !missing.contains($0.key) },
            sourceLocation: sourceLocation
        )
    }

    func expectClean(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let verdict = try await run("verify", "--read-data", "--json")
        let findings = verdict.json?["findings"]?.array?.filter { $0["code"] != "W006" }
        #expect(findings == [], sourceLocation: sourceLocation)
        #expect(verdict.exit == 0, sourceLocation: sourceLocation)
        let staging = try FileManager.default.contentsOfDirectory(atPath: file("staging"))
        #expect(staging == [], sourceLocation: sourceLocation)
    }

    /// Copies the log to where the independent verifier looks for it.
    func keepAudit() throws {
        guard let kept = ProcessInfo.processInfo.environment["LARKIVE_TEST_ARCHIVES"],
            // A test that took its archive away has kept the log before.
            FileManager.default.fileExists(atPath: file("audit/tlog/checkpoint"))
        else { return }
        let target = "\(kept)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file("audit"), toPath: "\(target)/audit")
    }

    func tree() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            let date = attributes[.modificationDate] as? Date
            return "\(name) \(attributes[.size] ?? 0) \(date?.timeIntervalSince1970 ?? 0)"
        }
    }
}

extension TruthLine {
    /// The attachment key in larkive's form.
    var key: String {
        switch place {
        case .mail(let mail):
            "mail:"
                + [mail.mailbox, mail.messageID, mail.attachmentID].map(PercentEncoding.encode)
                .joined(separator: "/")
        case .task(let task):
            "task:"
                + [task.taskGUID, task.guid].map(PercentEncoding.encode).joined(separator: "/")
        }
    }

    var mail: MailPlace? {
        if case .mail(let mail) = place { mail } else { nil }
    }

    var task: TaskPlace? {
        if case .task(let task) = place { task } else { nil }
    }
}
