import LarkiveCore
import LarkiveFeishu

/// What is to be walked, once `me` and discovery have been answered.
struct WatchedSources: Sendable {
    /// In the order in which they are walked when none was listed before.
    let names: [SourceName]
    /// What the platform lists and nobody walks, and where it could not be asked.
    let discovery: Discovery
}

extension World {
    /// Asks the platform for what the config does not name itself.
    ///
    /// Without `me`, `my_tasks` and `mail.discover` it asks nothing. Throws when it is unknown who
    /// `me` is: nothing may be recorded under that word. A failing discovery is told in the result
    /// and leaves the others as they are.
    func sources(_ connection: FeishuConnection) async throws -> WatchedSources {
        var configured = config.mailboxes
        if config.includesMe {
            let own = try await ownMailbox(connection)
            if !configured.contains(own) { configured.append(own) }
        }
        let discovery = await connection.discovery.look(config.discover, from: configured)
        var names = discovery.mailboxes.map(SourceName.mail)
        names += config.tasklists.map(SourceName.tasklist) + config.tasks.map(SourceName.task)
        if config.myTasks, let login = try login() { names.append(.myTasks(login.person)) }
        return WatchedSources(names: names, discovery: discovery)
    }

    /// The login knows it; for one made without the scope the platform is asked once more.
    private func ownMailbox(_ connection: FeishuConnection) async throws -> Mailbox.ID {
        if let address = try login()?.address { return address }
        return try await connection.discovery.primaryAddress()
    }
}
