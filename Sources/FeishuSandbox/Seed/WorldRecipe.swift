/// How large a made world is; together with a seed, all there is to know of it.
package struct WorldRecipe: Equatable, Sendable {
    package enum Scale: String, CaseIterable, Sendable {
        /// Files up to 400 KiB, mostly 4 to 64; the oversized one is 3 MiB.
        case small
        /// The same, with an oversized attachment of 2 GiB in the first mailbox.
        case bench
    }

    package var seed: UInt64
    package var mailboxes: Int
    /// Messages in each mailbox, about a third of them with attachments.
    package var messages: Int
    /// Tasks in each of the two tasklists; subtasks come on top.
    package var tasks: Int
    package var scale: Scale

    package init(
        seed: UInt64 = 1,
        mailboxes: Int = 2,
        messages: Int = 60,
        tasks: Int = 20,
        scale: Scale = .small
    ) {
        self.seed = seed
        self.mailboxes = mailboxes
        self.messages = messages
        self.tasks = tasks
        self.scale = scale
    }

    var oversized: Int { scale == .bench ? 2 << 30 : 3 << 20 }
}

extension World {
    /// Makes a workplace; the same recipe always makes the same one.
    package init(_ recipe: WorldRecipe) {
        self.init(seed: recipe.seed)
        for index in 0..<max(0, recipe.mailboxes) {
            var builder = MailboxBuilder(recipe: recipe, index: index)
            add(builder.mailbox())
        }
        user = Workplace.people.first.map(World.User.init)
        guard recipe.tasks > 0 else { return }
        var builder = TaskBoardBuilder(recipe: recipe)
        tasks = builder.filledBoard()
    }
}
