import LarkiveCore
import LarkiveFeishu

/// What is to be walked, once `me` and discovery have been answered.
struct WatchedSources: Sendable {
    /// In the order in which they are walked when none was listed before.
    let names: [SourceName]
    /// What the platform lists and nobody walks, and where it could not be asked.
    let discovery: Discovery

    /// Those that were named on the command line; nil when none was.
    func chosen(_ texts: [String]) throws(UsageError) -> [SourceName]? {
        guard !texts.isEmpty else { return nil }
        return try texts.map { text throws(UsageError) in
            guard let name = names.first(where: { $0 == SourceName(text) }) else {
                throw UsageError(
                    "the config has no source `\(text)`",
                    hint: "known: " + names.map(\.description).joined(separator: ", ")
                )
            }
            return name
        }
    }

    /// For the log: what was seen in a list and not walked; nil for none.
    var leftOut: JSON? {
        guard !discovery.leftOut.isEmpty else { return nil }
        return .array(
            discovery.leftOut.map { left in
                .object(["address": .string(left.address.rawValue), "why": .string(left.why)])
            }
        )
    }
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
