import Testing

@testable import FeishuSandbox

@Suite struct TaskBoardTests {
    private func board() -> World.TaskBoard {
        var world = SmallWorld.world
        world.tasks.add(
            World.Tasklist(
                guid: "l2",
                name: "Second",
                owner: SmallWorld.alice,
                created: Visitor.start
            )
        )
        world.tasks.add(SmallWorld.task("t2", parent: "t1", files: ["f2"]))
        world.tasks.add(SmallWorld.task("t3", parent: "t2", files: ["f3"]))
        return world.tasks
    }

    @Test func `a subtask is reached through its ancestors' tasklists`() {
        var board = board()
        #expect(board.tasklists(reaching: "t3") == ["l1"])
        board.list("t1", in: "l2")
        #expect(board.tasklists(reaching: "t3") == ["l1", "l2"])
        board.unlist("t1", from: "l1")
        #expect(board.tasklists(reaching: "t3") == ["l2"])
    }

    @Test func `a removed task is nowhere`() {
        var board = board()
        board.remove("t2")
        #expect(board.subtasks(of: "t1") == [])
        #expect(board["t2"] == nil && board.attachment("f2") == nil)
        #expect(board.tasks.map(\.guid) == ["t1", "t3"])
    }

    @Test func `attachments come, change and go`() {
        var board = board()
        var file = SmallWorld.taskFile("f9")
        board.attach(file, to: "t1")
        file.name = "renamed.pdf"
        board.replace(file)
        #expect(board.attachment("f9")?.attachment.name == "renamed.pdf")
        board.detach("f9")
        #expect(board.attachment("f9") == nil)
    }

    @Test func `a task that is added again keeps its place`() throws {
        var board = board()
        var task = try #require(board["t1"])
        task.summary = "new"
        board.add(task, to: ["l1"])
        #expect(board.tasks.map(\.summary) == ["new", "投标 t2", "投标 t3"])
        #expect(board.tasklist("l1")?.tasks == ["t1"])
        #expect(board.subtasks(of: "t1") == ["t2"])
    }

    @Test func `a message moves with all that it has`() {
        var mailbox = World.Mailbox(address: SmallWorld.address)
        mailbox.add(SmallWorld.letter("m1", attachments: [SmallWorld.file("a", "a", 1)]))
        mailbox.move("m1", to: "TRASH")
        #expect(mailbox.ids(in: "INBOX") == [] && mailbox.ids(in: "TRASH") == ["m1"])
        #expect(mailbox["m1"]?.attachments.count == 1)
        mailbox.remove("m1")
        #expect(mailbox.messages.isEmpty)
    }
}
