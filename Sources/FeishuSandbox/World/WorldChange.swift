/// Something that happens in the world while clients look at it.
package enum WorldChange: Sendable {
    case addMessage(World.Message, mailbox: String)
    case deleteMessage(mailbox: String, id: String)
    case moveMessage(mailbox: String, id: String, folder: String)
    case addAttachment(World.MailAttachment, mailbox: String, message: String)
    case deleteAttachment(mailbox: String, message: String, id: String)
    case forbidMailbox(String, Bool)
    case deleteMailbox(String)
    case addTask(World.TaskItem, tasklists: [String])
    case deleteTask(String)
    case forbidTask(String, Bool)
    case addTaskAttachment(World.TaskAttachment, task: String)
    case deleteTaskAttachment(String)
    /// The guid stays; token, name and bytes are other ones.
    case replaceTaskAttachment(World.TaskAttachment)
    case forbidTasklist(String, Bool)
    case deleteTasklist(String)
    case setScopes(Set<World.Scope>)
    /// What was deleted last under this id or guid is there again.
    case bringBack(String)
}

extension WorldChange {
    /// Says what a change was about, and that it is not there.
    package struct NotThere: Error, Equatable, CustomStringConvertible {
        package let id: String

        package var description: String { "there is no '\(id)'" }
    }
}

extension World {
    /// Lets it happen; throws when what it is about is not there, and changes nothing then.
    package mutating func apply(_ change: WorldChange) throws(WorldChange.NotThere) {
        switch change {
        case .setScopes(let scopes): app.scopes = scopes
        case .bringBack(let id): try bringBack(id)
        case .addTask(let task, let tasklists): tasks.add(task, to: tasklists)
        case .deleteTask, .forbidTask, .addTaskAttachment, .deleteTaskAttachment,
            .replaceTaskAttachment, .forbidTasklist, .deleteTasklist:
            try applyToTasks(change)
        default: try applyToMail(change)
        }
    }
}
