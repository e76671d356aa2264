extension WorldFile {
    /// Reads a list of changes, or one alone, in YAML or JSON.
    ///
    /// Each is a mapping with one key that says what happens; messages, tasks and files are
    /// described as in a world file. `number` tells one list of an unnamed file from another.
    package static func changes(
        _ text: String,
        seed: UInt64,
        number: Int64 = 0
    ) throws(WorldFileError) -> [WorldChange] {
        guard let root = try StrictNode.root(of: text) else { return [] }
        var counter = WorldFileCounter(seed: seed, after: 1_000_000 * (number + 1))
        var changes: [WorldChange] = []
        for node in root.isMapping ? [root] : try root.items() {
            changes.append(try change(node, &counter))
        }
        return changes
    }

    /// A change that waits for a call; it comes out the same wherever it is written.
    static func oneChange(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        var counter = WorldFileCounter(seed: 0, after: 500_000 + 1000 * Int64(node.line))
        return .change(try change(node, &counter))
    }

    private static func change(
        _ node: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        let fields = try node.fields(mailChanges.union(taskChanges).union(["set_scopes"]))
        guard fields.values.count == 1, let (name, value) = fields.values.first else {
            throw node.error("a change has exactly one key")
        }
        return try change(name, value, &counter)
    }

    private static let mailChanges: Set = [
        "add_message", "delete_message", "move_message", "add_attachment", "delete_attachment",
        "forbid_mailbox", "delete_mailbox", "bring_back",
    ]
    private static let taskChanges: Set = [
        "add_task", "delete_task", "forbid_task", "add_task_attachment", "delete_task_attachment",
        "replace_task_attachment", "forbid_tasklist", "delete_tasklist",
    ]

    private static func change(
        _ name: String,
        _ value: StrictNode,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> WorldChange {
        guard name != "set_scopes" else { return try scopes(value) }
        guard !mailChanges.contains(name) else { return try mailChange(name, value, &counter) }
        return try taskChange(name, value, &counter)
    }

    /// A list of scopes, or `all`.
    private static func scopes(_ node: StrictNode) throws(WorldFileError) -> WorldChange {
        guard node.isList else {
            guard try node.text() == "all" else { throw node.error("expected all or a list") }
            return .setScopes(Set(World.Scope.allCases))
        }
        var scopes: Set<World.Scope> = []
        for item in try node.items() { scopes.insert(try item.word(World.Scope.self)) }
        return .setScopes(scopes)
    }

    /// An id alone, or an id with `forbidden: false`.
    static func forbidden(
        _ node: StrictNode,
        _ key: String
    ) throws(WorldFileError) -> (String, Bool) {
        guard node.isMapping else { return (try node.text(), true) }
        let fields = try node.fields([key, "forbidden"])
        return (try fields.needed(key).text(), try fields["forbidden"]?.flag() ?? true)
    }
}
