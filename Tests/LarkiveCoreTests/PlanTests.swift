import LarkiveCore
import Testing

@Suite struct PlanTests {
    private static func folder(_ text: String) throws -> Folder.ID { try #require(Folder.ID(text)) }
    private static func message(_ text: String) throws -> Message.ID {
        try #require(Message.ID(text))
    }

    @Test func `an examined message is never read again, a draft always`() throws {
        let (inbox, drafts) = (try Self.folder("INBOX"), try Self.folder("DRAFT"))
        let ids = try ["new", "old", "draft", "sent", "late", "due"].map(Self.message)
        let known: [Message.ID: KnownMessage] = [
            ids[1]: KnownMessage(state: .examined(isDraft: false), folder: inbox),
            ids[2]: KnownMessage(state: .examined(isDraft: true), folder: inbox),
            ids[3]: KnownMessage(state: .examined(isDraft: false), folder: drafts),
            ids[4]: KnownMessage(
                state: .unread(attempts: 4, nextTry: Timestamp(milliseconds: 11)),
                folder: inbox
            ),
            ids[5]: KnownMessage(
                state: .unread(attempts: 1, nextTry: Timestamp(milliseconds: 10)),
                folder: inbox
            ),
        ]
        let plan = ListingPlan(
            page: ids,
            in: inbox,
            known: known,
            at: Timestamp(milliseconds: 10)
        )
        #expect(plan.toRead == [ids[0], ids[2], ids[3], ids[5]])
        #expect(plan.moved.isEmpty)
    }

    @Test func `a known message in another folder has moved`() throws {
        let (inbox, trash) = (try Self.folder("INBOX"), try Self.folder("TRASH"))
        let id = try Self.message("m")
        let known = [id: KnownMessage(state: .examined(isDraft: false), folder: inbox)]
        let plan = ListingPlan(page: [id], in: trash, known: known, at: .epoch)
        #expect(plan.toRead.isEmpty)
        #expect(plan.moved == [id])
    }

    @Test func `task attachments are new, changed, sighted or known`() throws {
        let task = TaskItem(id: try #require(TaskItem.ID("t")), parent: nil, summary: "s")
        func upload(_ guid: String, _ token: String, _ size: Int64) throws -> LarkiveCore.Attachment
        {
            LarkiveCore.Attachment(
                key: .task(task.id, try #require(LarkiveCore.Attachment.ID(guid))),
                name: guid,
                size: size,
                fileToken: FileToken(token),
                kind: .task(TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null))
            )
        }
        func known(_ number: Int64, _ token: String, _ size: Int64, _ sighted: Bool) -> KnownUpload
        {
            KnownUpload(
                number: number,
                version: 1,
                fileToken: FileToken(token),
                size: size,
                isSighted: sighted
            )
        }
        let page = TaskPage(
            task: task,
            attachments: [
                try upload("new", "a", 1), try upload("same", "b", 2), try upload("grown", "c", 9),
                try upload("other", "e", 4), try upload("elsewhere", "f", 5),
            ]
        )
        let memory = KnownTask(
            item: task,
            attachments: [
                try #require(LarkiveCore.Attachment.ID("same")): known(1, "b", 2, true),
                try #require(LarkiveCore.Attachment.ID("grown")): known(2, "c", 3, true),
                try #require(LarkiveCore.Attachment.ID("other")): known(3, "d", 4, true),
                try #require(LarkiveCore.Attachment.ID("elsewhere")): known(4, "f", 5, false),
            ]
        )
        let plan = TaskPlan(page: page, known: memory)
        #expect(!plan.isTaskNew)
        let expected: [TaskPlan.Step] = [
            .new(page.attachments[0]),
            .changed(page.attachments[2], number: 2, version: 2),
            .changed(page.attachments[3], number: 3, version: 2), .sighted(number: 4),
        ]
        #expect(plan.steps == expected)
        #expect(TaskPlan(page: page, known: nil).steps.filter(\.isNew).count == 5)
    }

    @Test(arguments: [
        (Int64(1), Int64(0)), (2, 0), (3, 1), (4, 2), (5, 4), (7, 16), (8, 24), (60, 24),
    ])
    func `an item is due in every run until it failed in three`(attempts: Int64, hours: Int64) {
        let next = LedgerSchedule.nextTry(afterFailures: attempts, at: .epoch)
        #expect(next == Timestamp.epoch.advanced(bySeconds: hours * 3_600))
    }

    @Test func `the gravest condition decides the exit code`() {
        #expect(ExitCode.deciding([]) == .complete)
        #expect(ExitCode.deciding([.itemsFailed, .sourceForbidden]) == .human)
        #expect(ExitCode.deciding([.equationOpen, .noSpace]) == .damaged)
        #expect(ExitCode.deciding([.walkIncomplete], signal: .terminate) == .terminate)
        #expect(ExitCode.deciding([.noSpace], signal: .interrupt) == .space)
        #expect(ExitCode.deciding([.temporary, .itemsFailed]) == .partial)
        #expect(ExitCode.deciding(Set(Condition.allCases)) == .unclassified)
    }

    @Test func `the equation closes only when both sides agree`() {
        var tally = Tally()
        tally.listed = 10
        (tally.known, tally.downloaded, tally.adopted, tally.failed) = (3, 2, 1, 1)
        tally.skipped = ["inline_images": 2]
        #expect(!tally.closes)
        tally.pending = 1
        #expect(tally.closes)
        tally.messages.listed = 1
        #expect(!tally.closes)
    }
}
