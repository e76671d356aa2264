import FeishuSandbox
import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

/// Damaged and lost objects as their operator meets them.
@Suite(.scratchDirectory, .serialized) struct RepairTests {
    private static let world = WorldRecipe(seed: 29, mailboxes: 1, messages: 8, tasks: 2)

    /// The biggest object that hangs in mail, and its file.
    private static func victim(_ lab: Lab) async throws -> (digest: String, path: String) {
        let rows = try await lab.expect(["find", "--json"], exit: 0).jsonLines
        let row = rows.filter { $0["kind"] == "mail" && $0["state"] == "held" }
            .max { ($0["size"]?.integer ?? 0) < ($1["size"]?.integer ?? 0) }
        let digest = try #require(row?["sha256"]?.string)
        return (digest, lab.file("objects/\(digest.prefix(2))/\(digest)"))
    }

    private static func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.startIndex] ^= 1
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    }

    private static func codes(_ lab: Lab, exit: Int32) async throws -> [String] {
        let verdict = try await lab.expect(["verify", "--read-data", "--json"], exit: exit)
        return verdict.json?["findings"]?.array?.compactMap { $0["code"]?.string } ?? []
    }

    @Test func `bit rot is found, not handed out, said by every run, and healed from Feishu`()
        async throws
    {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (digest, path) = try await Self.victim(lab)
            try Self.damage(path)
            #expect(try await Self.codes(lab, exit: 7) == ["E002"])
            let refused = try await lab.expect(
                ["restore", "sha256:\(digest)", "--to", "\(lab.folder)/out"],
                exit: 7
            )
            #expect(refused.errors.contains("larkive repair"))
            let summary = try await lab.expect(["sync", "--json"], exit: 7)
            #expect(summary.json?["conditions"] == ["damaged"])
            try await lab.expect(["repair", "--dry-run"], exit: 0)
            let done = try await lab.expect(["repair", "--json"], exit: 0)
            #expect(done.json?["repaired"]?.array?.count == 1)
            #expect(try await Self.codes(lab, exit: 0) == ["W006"])
            try await lab.expect(["sync"], exit: 0)
            let types = try await Self.told(lab, of: digest).types
            #expect(types.suffix(2) == ["object.damaged", "object.repaired"])
            let kept = try FileManager.default.contentsOfDirectory(atPath: lab.file("quarantine"))
            #expect(kept == [digest])
            try await lab.expectTruth()
        }
    }

    @Test func `what Feishu has no more is lost until somebody accepts it`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (digest, path) = try await Self.victim(lab)
            let size = try Data(contentsOf: URL(filePath: path)).count
            try FileManager.default.removeItem(atPath: path)
            let other = String(repeating: "x", count: size)
            lab.server.setFaults([
                SandboxFault(.link, .raw(status: 200, type: "application/pdf", body: other))
            ])
            #expect(try await Self.codes(lab, exit: 7) == ["E001"])
            try await lab.expect(["repair"], exit: 7)
            #expect(try await Self.codes(lab, exit: 7) == ["E052"])
            let summary = try await lab.expect(["sync", "--json"], exit: 7)
            #expect(summary.json?["conditions"] == ["lost"])
            let problems = try await lab.expect(["problems", "--json"], exit: 0).jsonLines
            #expect(problems.map { $0["sha256"]?.string } == [digest])
            #expect(problems.first?["attachments"]?.array?.isEmpty == false)
            #expect(try await Self.told(lab, of: digest).object?["lost"]?.string != nil)
            let accept = [
                "problems", "--accept", "sha256:\(digest.prefix(12))", "--reason", "gone",
            ]
            try await lab.expect(accept, exit: 0)
            #expect(try await Self.codes(lab, exit: 0) == ["W007"])
            let after = try await lab.expect(["sync", "--json"], exit: 0)
            #expect(after.json?["warnings"]?.array?.count == 1)
            let before = try await lab.expect(["manifest", "dump"], exit: 0).output
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump"], exit: 0).output == before)
            let (types, object) = try await Self.told(lab, of: digest)
            #expect(types.suffix(2) == ["object.lost", "object.accepted"])
            #expect(object?["accepted"]?.string != nil)
            for to in ["-", "\(lab.folder)/out"] {
                let words = ["restore", "sha256:\(digest)", "--to", to]
                let refused = try await lab.expect(words, exit: 7)
                #expect(refused.errors.contains("nobody has its bytes any more"))
                #expect(!refused.errors.contains("larkive repair"), "\(refused.errors)")
            }
        }
    }

    /// What `show` tells of an object; its records must be those that `audit log` prints.
    private static func told(
        _ lab: Lab,
        of digest: String
    ) async throws -> (types: [String], object: JSON?) {
        let key = "sha256:\(digest)"
        let story = try #require(try await lab.expect(["show", key, "--json"], exit: 0).json)
        #expect(story["records_whole"] == true)
        let records = (story["records"]?.array ?? []).filter {
            $0["type"]?.string?.hasPrefix("object.") == true
        }
        let log = try await lab.expect(["audit", "log", "--attachment", key], exit: 0).jsonLines
            .filter { $0["type"]?.string?.hasPrefix("object.") == true }
        #expect(log.map { $0["seq"] } == records.map { $0["seq"] })
        return (records.compactMap { $0["type"]?.string }, story["object"])
    }

    @Test func `what vanished in Feishu is lost and can be accepted`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (digest, path) = try await Self.victim(lab)
            lab.server.change { world in
                for (address, var mailbox) in world.mailboxes {
                    for message in mailbox.messages { mailbox.remove(message.id) }
                    world.mailboxes[address] = mailbox
                }
            }
            let sources = lab.sources.flatMap { ["--accept-vanish", $0] }
            try await lab.expect(["sync"] + sources, exit: 0)
            try Self.damage(path)
            #expect(try await Self.codes(lab, exit: 7) == ["E002"])
            try await lab.expect(["repair"], exit: 7)
            #expect(try await Self.codes(lab, exit: 7).contains("E052"))
            let accept = [
                "problems", "--accept", "sha256:\(digest.prefix(12))", "--reason", "gone",
            ]
            try await lab.expect(accept, exit: 0)
            #expect(try await Self.codes(lab, exit: 0).contains("W007"))
        }
    }

    @Test(arguments: [
        FaultEffect.cut(after: 100), .resize(by: -7),
        .raw(status: 200, type: "text/html", body: "<p>please wait</p>"),
    ])
    func `a transfer that went wrong loses nothing for good`(effect: FaultEffect) async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (_, path) = try await Self.victim(lab)
            try Self.damage(path)
            #expect(try await Self.codes(lab, exit: 7) == ["E002"])
            lab.server.setFaults([SandboxFault(.link, effect)])
            let later = try await lab.expect(["repair", "--json"], exit: 7)
            #expect(later.json?["later"]?.array?.count == 1, "\(later.output)")
            #expect(later.json?["lost"] == [])
            lab.server.setFaults([])
            try await lab.expect(["repair"], exit: 0)
            try await lab.expectTruth()
        }
    }

    @Test func `what nobody can ask Feishu for can be accepted while it is damaged`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (digest, path) = try await Self.victim(lab)
            try Self.damage(path)
            try lab.configure(baseURL: "http://127.0.0.1:9")
            #expect(try await Self.codes(lab, exit: 7) == ["E002"])
            let key = "sha256:\(digest.prefix(12))"
            let later = try await lab.expect(["repair"], exit: 7)
            #expect(later.errors.contains("larkive problems --accept"))
            let retry = try await lab.expect(["problems", "--retry", key], exit: 2)
            #expect(retry.errors.contains("larkive repair \(key)"))
            try await lab.expect(["problems", "--accept", key, "--reason", "he left"], exit: 0)
            #expect(try await Self.codes(lab, exit: 0).contains("W007"))
            let dump = try await lab.expect(["manifest", "dump"], exit: 0).output
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump"], exit: 0).output == dump)
        }
    }

    @Test func `what would be done is what is done, and later is told as such`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (digest, path) = try await Self.victim(lab)
            let key = "sha256:\(digest)"
            for words in [["repair", key, "--dry-run"], ["repair", key]] {
                #expect(try await lab.expect(words, exit: 0).output == "nothing to repair\n")
            }
            let bytes = try Data(contentsOf: URL(filePath: path))
            try Self.damage(path)
            let plan = try await lab.expect(["repair", key, "--dry-run"], exit: 0)
            #expect(plan.output.contains("1 place to ask"), "\(plan.output)")
            try lab.configure(baseURL: "http://127.0.0.1:9")
            // Nobody was asked, and the object stays damaged: 7 is graver than 4.
            let later = try await lab.expect(["repair", key], exit: 7)
            #expect(later.output.hasPrefix("later  "), "\(later.output)")
            #expect(later.errors.contains("run larkive repair again later"), "\(later.errors)")
            try FileManager.default.removeItem(atPath: path)
            try bytes.write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            let found = try await lab.expect(["repair", "--dry-run"], exit: 0)
            #expect(found.output.contains("would be recorded"), "\(found.output)")
            try await lab.expect(["repair"], exit: 0)
            try await lab.expectClean()
        }
    }

    @Test func `an object whose file is only open to others is closed again`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let (_, path) = try await Self.victim(lab)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            try await lab.expect(["repair"], exit: 0)
            try await lab.expectClean()
            try FileManager.default.linkItem(atPath: path, toPath: "\(lab.folder)/second")
            try await lab.expect(["repair"], exit: 0)
            try await lab.expectClean()
        }
    }

    @Test func `samples go round and status knows the oldest`() async throws {
        try await Lab.with(Self.world) { lab in
            try await lab.expect(["sync"], exit: 0)
            let first = try await lab.expect(["status", "--json"], exit: 0).json
            let stored = try #require(first?["oldest_unverified"]?.string)
            let sample = try await lab.expect(["verify", "--sample", "50%"], exit: 0)
            #expect(
                try sample.output.contains(Regex("[0-9] objects, [0-9]+ of them read and hashed"))
            )
            let half = try await lab.expect(["status", "--json"], exit: 0).json
            #expect(half?["oldest_unverified"]?.string ?? "" >= stored)
            try await lab.expect(["verify", "--sample", "50%"], exit: 0)
            try await lab.expect(["verify", "--sample", "50%"], exit: 0)
            let all = try await lab.expect(["status", "--json"], exit: 0).json
            #expect(all?["oldest_unverified"]?.string ?? "" > stored)
            #expect(all?["last_checkpoint"]?["size"]?.integer ?? 0 > 0)
            #expect(all?["quarantine_bytes"] == 0)
            let before = try await lab.expect(["manifest", "dump"], exit: 0).output
            #expect(before.contains(#""name":"verified""#))
            try await lab.expect(["rebuild"], exit: 0)
            #expect(try await lab.expect(["manifest", "dump"], exit: 0).output == before)
        }
    }
}
