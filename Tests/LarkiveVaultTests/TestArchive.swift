import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// An archive in the test's own directory.
struct TestArchive {
    let path: String
    let state: String
    let clock: ManualClock

    static func make(clock: ManualClock = ManualClock()) async throws -> TestArchive {
        let root = ScratchDirectory.path
        try #require(!root.isEmpty)
        let archive = TestArchive(path: "\(root)/archive", state: "\(root)/state", clock: clock)
        _ = try await Vault.create(
            at: archive.path,
            id: "00000000-0000-4000-8000-000000000000",
            state: archive.state,
            run: archive.run,
            clock: clock
        )
        return archive
    }

    /// An archive of another identity beside this one.
    func another(rules: VaultRules = VaultRules()) async throws -> TestArchive {
        let place = beside("other")
        let other = TestArchive(path: place, state: "\(place).state", clock: clock)
        _ = try await Vault.create(
            at: other.path,
            id: "11111111-0000-4000-8000-000000000000",
            state: other.state,
            run: run,
            clock: clock,
            rules: rules
        )
        return other
    }

    var run: RunID {
        var random = SeededGenerator(seed: UInt64(clock.now().milliseconds))
        return RunID.made(at: clock.now(), using: &random)
    }

    func open(rules: VaultRules = VaultRules()) async throws -> Vault {
        clock.advance(seconds: 1)
        return try await Vault.open(at: path, state: state, run: run, clock: clock, rules: rules)
    }

    /// The findings, without the mere remark that something lies in quarantine or staging.
    func verify() throws -> [Finding.Code] {
        try ReadingVault(at: path).verify(readingData: true, state: state).findings.map(\.code)
            .filter { $0 != .quarantined && $0 != .stagingLeft }
    }

    func dump() throws -> [String] {
        var lines: [String] = []
        try ReadingVault(at: path).manifest.dump { lines.append(JSONWriter.text(of: $0)) }
        return lines
    }

    /// A source, a message with one attachment of these bytes, held.
    func hold(_ bytes: [UInt8], in vault: Vault) async throws {
        let committer = try Committer(
            store: vault.objects,
            audit: vault.journal,
            manifest: vault.manifest
        )
        let mailbox = try #require(Mailbox.address("a@corp.example"))
        let source = try await committer.number(of: .mail(mailbox))
        let number = try vault.manifest.numbers().lastAttachment + 1
        let key = AttachmentKey.mail(
            mailbox,
            try #require(Message.ID("m\(number)==")),
            try #require(LarkiveCore.Attachment.ID("x"))
        )
        let message = Message(
            id: try #require(Message.ID("m\(number)==")),
            subject: "报价",
            senderAddress: "w@x.example",
            senderName: nil,
            date: clock.now(),
            isDraft: false,
            attachments: [
                LarkiveCore.Attachment(
                    key: key,
                    name: "报价单.pdf",
                    kind: .mail(MailPart(type: 1, isInline: false, contentID: nil))
                )
            ],
            evidence: .object([:])
        )
        let folder = try #require(Folder.ID("INBOX"))
        try await committer.record([], numbering: 1) { first in
            [
                .examined(
                    [ExaminedMessage(message: message, folder: folder)],
                    source: source,
                    first: first
                )
            ]
        }
        let scratch = try vault.objects.open(expecting: nil)
        try await scratch.append(bytes)
        let staged = try await scratch.finish()
        try await committer.record([staged], numbering: 0) { _ in
            [
                AuditEvent(
                    .attachmentHeld,
                    [
                        "attachment": .integer(number), "version": 1,
                        "sha256": .string(staged.digest.hex), "size": .integer(staged.size),
                        "via": "link",
                    ]
                )
            ]
        }
    }

    func beside(_ name: String) -> String { "\(ScratchDirectory.path)/\(name)" }
    func file(_ name: String) -> String { "\(path)/\(name)" }

    var segments: [String] {
        get throws {
            try FileManager.default.subpathsOfDirectory(atPath: file("audit"))
                .filter { $0.hasSuffix(".gz") }.sorted()
        }
    }
}
