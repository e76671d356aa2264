import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@Suite(.scratchDirectory, .serialized) struct BadInputTests {
    private static let small = WorldRecipe(seed: 11, mailboxes: 2, messages: 12, tasks: 4)

    // MARK: nothing can begin

    @Test func `a wrong secret gets the platform's words and what to check`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(secret: "not-the-secret")
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"] == ["credentials"])
            #expect(ended.errors.contains("10014") || ended.errors.contains("10015"))
            #expect(ended.errors.contains("app_secret"))
            #expect(!ended.errors.contains("not-the-secret"))
        }
    }

    @Test(arguments: [
        ("mial:\n  x: 1", "unknown key `mial`", "`mail`"),
        ("download:\n  paralel: 3", "unknown key `download.paralel`", "`download.parallel`"),
        ("download:\n  parallel: many", "a number from 1 to 64", ""),
        ("state: relative", "it must be absolute", ""), ("download: [", "line", ""),
    ])
    func `a config that makes no sense is refused with its line`(
        more: String,
        words: String,
        hint: String
    ) async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(more: more)
            let text = try String(contentsOfFile: lab.config, encoding: .utf8)
            if more.hasPrefix("state") {
                try lab.write(
                    "larkive.yaml",
                    text.replacing("state: \(lab.folder)/state\n", with: ""),
                    mode: 0o600
                )
            }
            let ended = try await lab.expect(["sync"], exit: 2)
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(hint.isEmpty || ended.errors.contains(hint), "\(ended.errors)")
            #expect(ended.errors.contains("line "), "\(ended.errors)")
        }
    }

    @Test func `files that others may read or write are refused with the chmod`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.write("app_secret", "sandbox-secret-not-real", mode: 0o640)
            let secret = try await lab.expect(["sync"], exit: 2)
            #expect(secret.errors.contains("chmod 600"))
            try lab.configure()
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o666],
                ofItemAtPath: lab.config
            )
            let config = try await lab.expect(["sync"], exit: 2)
            #expect(config.errors.contains("can be written by others"))
        }
    }

    @Test func `a host that is not there ends with 4`() async throws {
        try await Lab.with(Self.small) { lab in
            try lab.configure(baseURL: "http://127.0.0.1:9")
            let ended = try await lab.expect(["sync", "--json"], exit: 4)
            #expect(ended.json?["conditions"] == ["unreachable"])
        }
    }

    @Test func `a platform that only fails ends with 5`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([
                SandboxFault(
                    .tenantToken,
                    .raw(status: 502, type: "text/html", body: "<h1>Bad Gateway</h1>")
                )
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 5)
            #expect(ended.json?["conditions"] == ["temporary"])
        }
    }

    @Test func `without an archive the command to make one is named`() async throws {
        try await Lab.with(Self.small) { lab in
            try FileManager.default.moveItem(atPath: lab.archive, toPath: "\(lab.folder)/away")
            let ended = try await lab.expect(["sync"], exit: 10)
            #expect(ended.errors.contains("larkive init"))
            try FileManager.default.moveItem(atPath: "\(lab.folder)/away", toPath: lab.archive)
        }
    }

    @Test func `a lost key, an older copy and another platform are refused`() async throws {
        try await Lab.with(Self.small) { lab in
            let copy = "\(lab.folder)/older"
            try FileManager.default.copyItem(atPath: lab.archive, toPath: copy)
            try await lab.expect(["sync"], exit: 0)
            let key = "\(lab.folder)/state/key"
            try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
            try await lab.expect(["sync"], exit: 12)
            try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
            try lab.configure(baseURL: "https://open.larksuite.com", pacing: "on")
            let other = try await lab.expect(["sync"], exit: 2)
            #expect(other.errors.contains("belongs to loopback"))
            try lab.configure()
            let kept = "\(lab.folder)/kept"
            try FileManager.default.moveItem(atPath: lab.archive, toPath: kept)
            try FileManager.default.moveItem(atPath: copy, toPath: lab.archive)
            try await lab.expect(["sync"], exit: 15)
            try await lab.expect(["audit", "verify"], exit: 15)
            try FileManager.default.removeItem(atPath: lab.archive)
            try FileManager.default.moveItem(atPath: kept, toPath: lab.archive)
            try await lab.expect(["sync"], exit: 0)
        }
    }

    @Test func `a second run is refused, names the first, and is recorded by it`() async throws {
        try await Lab.with(Self.small) { lab in
            lab.server.setFaults([SandboxFault(.link, .stall(after: 0, lasts: .seconds(60)))])
            let first = try lab.process(["sync"])
            first.standardError = FileHandle.nullDevice
            try first.run()
            await lab.server.wait { $0.calls(.link) > 0 }
            let second = try await lab.expect(["sync"], exit: 11)
            #expect(second.errors.contains("pid \(first.processIdentifier)"))
            first.terminate()
            await Lab.wait(for: first)
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            let log = try await lab.expect(["audit", "log"], exit: 0)
            #expect(log.output.contains(#""type":"run.refused""#))
            try await lab.expectClean()
        }
    }

    @Test func `a full disk ends with 13, and the next run goes on`() async throws {
        guard getuid() == 0 else { return }
        try await Lab.with(Self.small) { lab in
            try FileManager.default.removeItem(atPath: lab.archive)
            try FileManager.default.removeItem(atPath: "\(lab.folder)/state")
            try FileManager.default.createDirectory(
                atPath: lab.archive,
                withIntermediateDirectories: true
            )
            try await Self.system("mount", "-t", "tmpfs", "-o", "size=5500k", "tmpfs", lab.archive)
            do {
                try await lab.expect(["init"], exit: 0)
                let ended = try await lab.expect(["sync", "--json"], exit: 13)
                #expect(ended.json?["conditions"]?.array?.contains("no_space") == true)
                #expect(ended.errors.contains("bytes free"))
                let status = try await lab.expect(["status", "--json"], exit: 0).json
                #expect(status?["last_run"]?["exit_code"]?.integer == 13)
                #expect(ended.json?["totals"]?["pending"]?.integer ?? 0 > 0)
                try await Self.system("mount", "-o", "remount,size=200m", lab.archive)
                try await lab.expect(["sync"], exit: 0)
                try await lab.expectTruth()
                try await lab.expectClean()
                try lab.keepAudit()
            } catch {
                try await Self.system("umount", lab.archive)
                throw error
            }
            try await Self.system("umount", lab.archive)
        }
    }

    private static func system(_ arguments: String...) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        await Lab.wait(for: process)
        #expect(process.terminationStatus == 0, "\(arguments)")
    }

    // MARK: one thing is wrong, the others go on

    @Test func `a forbidden mailbox fails by name and the others go on`() async throws {
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            world.mailboxes[address]?.isForbidden = true
        } _: { lab in
            let address = try #require(lab.server.world.mailboxes.keys.min())
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"]?.array?.contains("source_forbidden") == true)
            #expect(ended.errors.contains("mail:\(address)"))
            let complete = ended.json?["sources"]?.array?.filter { $0["complete"]?.bool == true }
            #expect(complete?.count == 3)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    /// What is wrong with one answer, and the reason that stands in the ledger.
    @Test(arguments: [
        (BadAnswer.shortBody, FailureReason.shortBody), (.html, .notAFile),
        (.jsonError, .notAFile), (.refused, .linkRefused), (.gone, .linkDead),
        (.encoded, .badAnswer),
    ])
    func `one bad body fails one attachment, and the next run brings it`(
        bad: BadAnswer,
        reason: FailureReason
    ) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().first {
                    guard let mail = $0.mail else { return false }
                    return mail.kind == .ordinary && $0.size > 2_000 && $0.name.hasSuffix(".xlsx")
                        && mail.state != .draft
                }
            )
            lab.server.setFaults(try bad.faults(on: victim))
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["items_failed"])
            #expect(ended.json?["totals"]?["failed"]?.integer == 1)
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.map { $0["key"]?.string } == [victim.key])
            #expect(problems.first?["reason"]?.string == reason.rawValue, "\(problems)")
            try await lab.expectTruth(except: [victim.key])
            try await lab.expectClean()
            lab.server.setFaults([])
            lab.server.resetCounters()
            try await lab.expect(["sync"], exit: 0)
            #expect(lab.server.counters().calls(.link) == 1)
            #expect(try await lab.expect(["problems", "--json"], exit: 0).output == "")
            try await lab.expectTruth()
        }
    }

    enum BadAnswer: Sendable {
        case shortBody, html, jsonError, refused, gone, encoded

        func faults(on line: TruthLine) throws -> [SandboxFault] {
            let mail = try #require(line.mail)
            let when = FaultMatcher(message: mail.messageID, attachment: mail.attachmentID)
            let header = Header("Content-Disposition", "")
            switch self {
            case .shortBody: return [SandboxFault(.link, when: when, .cut(after: 1_000))]
            case .html:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(status: 200, type: "text/html", body: "<html>sign in</html>")
                    )
                ]
            case .jsonError:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(
                            status: 200,
                            type: "application/json",
                            body: #"{"code":99,"msg":"expired"}"#,
                            headers: [header]
                        )
                    )
                ]
            case .refused:
                return [
                    SandboxFault(
                        .downloadURL,
                        when: FaultMatcher(message: mail.messageID),
                        .failedIDs([mail.attachmentID])
                    )
                ]
            case .gone:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .raw(status: 404, type: "text/plain", body: "gone")
                    )
                ]
            case .encoded:
                return [
                    SandboxFault(
                        .link,
                        when: when,
                        .headers([Header("Content-Encoding", "gzip")])
                    )
                ]
            }
        }
    }

    /// Task attachments declare their size: more and fewer bytes are found out.
    @Test(arguments: [(5, FailureReason.longBody), (-5, .shortBody)])
    func `a body of another size than declared is refused`(
        difference: Int,
        reason: FailureReason
    ) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(lab.server.truth().first { $0.task != nil && $0.size > 100 })
            lab.server.setFaults([
                SandboxFault(
                    .link,
                    when: FaultMatcher(attachment: try #require(victim.task).guid),
                    .resize(by: difference)
                ),
                SandboxFault(
                    .link,
                    when: FaultMatcher(guid: try #require(victim.task).guid),
                    .resize(by: difference)
                ),
            ])
            try await lab.expect(["sync"], exit: 3)
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.first?["reason"]?.string == reason.rawValue, "\(problems)")
            lab.server.setFaults([])
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    /// Ids and types that make no sense, in one message: it is unread, all others are archived.
    @Test(arguments: [
        Distortion(replaced: [WireJSON.Member("id", "")]),
        Distortion(replaced: [WireJSON.Member("id", "a\u{1}b")]),
        Distortion(replaced: [WireJSON.Member("id", 7)]), Distortion(omitted: ["id"]),
        Distortion(replaced: [WireJSON.Member("filename", 7)]),
    ])
    func `a malformed message is unread and the others go on`(distortion: Distortion) async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().first { $0.mail.map { $0.state != .draft } ?? false }?.mail
            )
            try Self.distort(distortion, victim, in: lab)
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.map { $0["message_id"]?.string } == [victim.messageID])
            #expect(problems.first?["reason"]?.string == "bad_answer")
            let lost = Set(
                lab.server.truth().filter { $0.mail?.messageID == victim.messageID }.map(\.key)
            )
            try await lab.expectTruth(except: lost)
            try Self.distort(Distortion(), victim, in: lab)
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            try await lab.expectClean()
        }
    }

    private static func distort(
        _ distortion: Distortion,
        _ victim: TruthLine.MailPlace,
        in lab: Lab
    ) throws {
        try lab.server.change { world in
            var message = try #require(world.mailboxes[victim.mailbox]?[victim.messageID])
            message.attachments[0].distortion = distortion
            world.mailboxes[victim.mailbox]?.add(message)
        }
    }

    @Test func `an attachment id that stands twice makes its message unread`() async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().compactMap(\.mail).first { $0.state != .draft }
            )
            try lab.server.change { world in
                var message = try #require(world.mailboxes[victim.mailbox]?[victim.messageID])
                message.attachments.append(message.attachments[0])
                world.mailboxes[victim.mailbox]?.add(message)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
        }
    }

    @Test func `malformed JSON for one message costs that message only`() async throws {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(
                lab.server.truth().compactMap(\.mail).first { $0.state != .draft }
            )
            let when = FaultMatcher(message: victim.messageID)
            let broken = FaultEffect.raw(
                status: 200,
                type: "application/json",
                body: #"{"code":0,"data":{"messages":["#
            )
            lab.server.setFaults([
                SandboxFault(.batchGet, when: when, broken),
                SandboxFault(.message, when: when, broken),
            ])
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["message_unread"])
            let lost = lab.server.truth().filter { $0.mail?.messageID == victim.messageID }
            try await lab.expectTruth(except: Set(lost.map(\.key)))
        }
    }

    @Test func `a size that is text leaves its source incomplete and the others go on`()
        async throws
    {
        try await Lab.with(Self.small) { lab in
            let victim = try #require(lab.server.truth().first { $0.task != nil })
            try lab.server.change { world in
                let place = try #require(victim.task)
                let task = try #require(world.tasks[place.taskGUID])
                var upload = try #require(task.attachments.first)
                upload.distortion = Distortion(replaced: [WireJSON.Member("size", "12")])
                world.tasks.replace(upload)
            }
            let ended = try await lab.expect(["sync", "--json"], exit: 3)
            #expect(ended.json?["conditions"] == ["walk_incomplete"])
            #expect(ended.json?["unseen"]?.array?.isEmpty == false)
        }
    }

    @Test func `without the body scope nothing is taken for empty`() async throws {
        try await Lab.with(Self.small) { world in
            world.app.scopes.remove(.body)
        } _: { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 6)
            #expect(ended.json?["conditions"]?.array?.contains("blind") == true)
            #expect(ended.errors.contains("mail:user_mailbox.message.body:read"))
            lab.server.change { $0.app.scopes = Set(World.Scope.allCases) }
            lab.server.revokeTokens()
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
        }
    }

    // MARK: secrets and names

    @Test func `no secret and no link is written anywhere`() async throws {
        try await Lab.with(Self.small) { lab in
            let ended = try await lab.expect(["sync", "--json"], exit: 0)
            var texts = [ended.output, ended.errors]
            texts.append(try await lab.expect(["audit", "log", "--private"], exit: 0).output)
            texts.append(try await lab.expect(["manifest", "dump"], exit: 0).output)
            for text in texts {
                #expect(!text.contains("sandbox-secret-not-real"))
                #expect(!text.contains("authcode"))
                #expect(!text.contains("Bearer"))
                #expect(!text.contains("t-"), "a token begins with t-")
            }
            #expect(lab.server.counters().authorizationOnLinkHost == 0)
            #expect(lab.server.counters().head == 0)
            #expect(lab.server.counters().range == 0)
        }
    }

    @Test func `hostile names stay inside the folder and off the terminal`() async throws {
        let names = [
            "../../etc/cron.d/x", "a\u{202E}gpj.exe", "\u{1B}[31mred", "-rf", "", "é.txt",
            "e\u{301}.txt",
        ]
        try await Lab.with(Self.small) { world in
            let address = try #require(world.mailboxes.keys.min())
            let sender = World.Person(name: "M", address: "m@x.example")
            var message = World.Message(
                id: "SG9zdGlsZQ==",
                subject: "hostile",
                from: sender,
                date: Moment(milliseconds: 1_770_000_000_000),
                text: "x",
                attachments: []
            )
            for (index, name) in names.enumerated() {
                message.attachments.append(
                    World.MailAttachment(
                        id: "hostile\(index)",
                        name: name,
                        content: .text("content \(index)")
                    )
                )
            }
            world.mailboxes[address]?.add(message)
        } _: { lab in
            try await lab.expect(["sync"], exit: 0)
            try await lab.expectTruth()
            let rows = try await lab.run("find", "--json", "--message", "SG9zdGlsZQ==").jsonLines
            #expect(rows.count == names.count)
            #expect(Set(rows.compactMap { $0["name"]?.string }).count == Set(names).count)
            let shown = try await lab.run("find", "--message", "SG9zdGlsZQ==").output
            #expect(!shown.contains("\u{1B}") && !shown.contains("\u{202E}"))
            let before = try FileManager.default.contentsOfDirectory(atPath: lab.folder).sorted()
            let keys = rows.compactMap { $0["id"]?.integer }.map(String.init)
            try await lab.expect(["restore"] + keys + ["--to", "\(lab.folder)/out"], exit: 0)
            let after = try FileManager.default.contentsOfDirectory(atPath: lab.folder).sorted()
            #expect(after == (before + ["out"]).sorted())
            let written = try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/out")
            #expect(written.count == names.count + 1, "\(written)")
            try await lab.expectClean()
        }
    }
}
