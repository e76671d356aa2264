/// Reads a world from YAML; `Tests/conformance/world.yaml` explains every key.
package enum WorldFile {
    package static func world(_ text: String) throws(WorldFileError) -> World {
        guard let root = try StrictNode.root(of: text) else { return World() }
        let fields = try root.fields([
            "seed", "app", "user", "quirks", "without_scopes", "mailboxes", "tasklists", "tasks",
            "faults", "storm",
        ])
        var world = World(seed: UInt64(clamping: try fields.integer("seed") ?? 0))
        if let node = fields["app"] { world.app = try app(node) }
        if let node = fields["user"] { world.user = try user(node) }
        for node in try fields.items("without_scopes") {
            world.app.scopes.remove(try node.word(World.Scope.self))
        }
        if let node = fields["quirks"] { world.quirks = try quirks(node) }
        var counter = WorldFileCounter(seed: world.seed)
        for node in try fields.items("mailboxes") { world.add(try mailbox(node, &counter)) }
        for node in try fields.items("tasklists") { world.tasks.add(try tasklist(node, &counter)) }
        for node in try fields.items("tasks") { try addTask(node, to: &world.tasks, &counter) }
        world.faults = try faults(fields.items("faults"))
        if let node = fields["storm"] { world.storm = try storm(node) }
        return world
    }

    private static func app(_ node: StrictNode) throws(WorldFileError) -> World.App {
        let fields = try node.fields([
            "id", "secret", "disabled", "token_seconds", "redirect_uris", "may_refresh",
            "other_apps",
        ])
        var app = World.App()
        app.id = try fields.text("id") ?? app.id
        app.secret = try fields.text("secret") ?? app.secret
        app.isDisabled = try fields.flag("disabled")
        app.tokenLife = try fields["token_seconds"]?.seconds() ?? app.tokenLife
        app.redirectURIs = Set(try fields.texts("redirect_uris"))
        app.mayRefresh = try fields["may_refresh"]?.flag() ?? true
        for (id, secret) in try fields["other_apps"]?.members() ?? [:] {
            app.others[id] = try secret.text()
        }
        return app
    }

    private static func quirks(_ node: StrictNode) throws(WorldFileError) -> World.Quirks {
        let fields = try node.fields([
            "throttle_status", "folder_type_is_needed", "unknown_id_sinks_batch",
            "inline_bodies_up_to", "shuffle_seed", "throttle_wait", "rate_windows",
            "date_offset_seconds",
            "penalty_grace_seconds",
        ])
        var quirks = World.Quirks()
        quirks.throttleStatus = try fields.integer("throttle_status") ?? quirks.throttleStatus
        quirks.folderTypeIsNeeded = try fields.flag("folder_type_is_needed")
        quirks.unknownIDSinksBatch = try fields["unknown_id_sinks_batch"]?.flag() ?? true
        quirks.inlineBodiesUpTo = try fields["inline_bodies_up_to"]?.byteCount() ?? 0
        quirks.shuffleSeed = try fields.integer("shuffle_seed").map { UInt64(clamping: $0) }
        quirks.throttleWait = try fields.word("throttle_wait", World.Quirks.Wait.self) ?? .seconds
        quirks.windows = try fields.word("rate_windows", World.Quirks.Windows.self) ?? .sliding
        let offset = try fields.integer("date_offset_seconds") ?? 0
        quirks.dateOffset = .seconds(offset)
        quirks.penaltyGrace =
            try fields["penalty_grace_seconds"]?.seconds() ?? quirks.penaltyGrace
        return quirks
    }
}

/// Names and dates for what a file leaves open.
struct WorldFileCounter {
    let seed: UInt64
    private var count: Int64 = 0

    init(seed: UInt64, after count: Int64 = 0) {
        self.seed = seed
        self.count = count
    }

    /// One minute after the last; the first is 2026-03-02 01:00 UTC.
    mutating func nextMoment() -> Moment {
        count += 1
        return Moment(milliseconds: 1_772_413_200_000 + count * 60_000)
    }

    mutating func nextID(_ prefix: String) -> String {
        count += 1
        return "\(prefix)-\(count)"
    }
}
