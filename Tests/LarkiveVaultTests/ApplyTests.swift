import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What records mean for the rows.
@Suite(.scratchDirectory) struct ApplyTests {
    @Test func `the late failure of a content that was replaced changes nothing`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let task = TaskItem(id: try #require(TaskItem.ID("t")), parent: nil, summary: "s")
        func upload(_ size: Int64) throws -> LarkiveCore.Attachment {
            LarkiveCore.Attachment(
                key: .task(task.id, try #require(LarkiveCore.Attachment.ID("g"))),
                name: "n",
                size: size,
                kind: .task(TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null))
            )
        }
        try await vault.record([
            AuditEvent(.sourceAdded, ["source": 1], hidden: ["name": "tasklist:l"]),
            .listed([(task, [.new(try upload(1))])], source: 1, first: 1),
            .listed(
                [(task, [.changed(try upload(2), number: 1, version: 2)])],
                source: 1,
                first: 2
            ),
            AuditEvent(
                .attachmentHeld,
                [
                    "attachment": 1, "version": 2, "size": 2, "via": "link",
                    "sha256": .string(String(repeating: "ab", count: 32)),
                ]
            ),
            AuditEvent(
                .attachmentFailed,
                [
                    "attachment": 1, "version": 1, "reason": "short_body", "attempts": 1,
                    "next_try": "2026-03-04T05:06:07.000Z",
                ]
            ),
        ])
        #expect(try vault.manifest.find(FileQuery()).map(\.state) == ["held"])
        #expect(try vault.manifest.problems().isEmpty)
    }

    @Test func `a name is not cut at its NUL`() async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let task = TaskItem(id: try #require(TaskItem.ID("t")), parent: nil, summary: "s\0t")
        let upload = LarkiveCore.Attachment(
            key: .task(task.id, try #require(LarkiveCore.Attachment.ID("g"))),
            name: "offer\0.pdf",
            size: 1,
            kind: .task(TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null))
        )
        try await vault.record([
            AuditEvent(.sourceAdded, ["source": 1], hidden: ["name": "tasklist:l"]),
            .listed([(task, [.new(upload)])], source: 1, first: 1),
        ])
        var query = FileQuery()
        query.words = ["pdf"]
        let row = try #require(try vault.manifest.find(query).first)
        #expect((row.name, row.subject) == ("offer\u{2400}.pdf", "s\u{2400}t"))
    }
}
