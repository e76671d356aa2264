import LarkiveCore
import LarkiveVault

/// What the audit log says of a restore: kept before any byte is handed out.
struct RestoreNote {
    let world: World
    let to: String
    let owner: String?
    let reason: String?
    /// Whether files may be handed out where nothing can be written at all.
    let mayStayUnrecorded: Bool

    /// Throws when it cannot be kept; then nothing may be handed out.
    func keep(_ rows: [FileRow], in vault: ReadingVault) throws {
        var hidden: JSONObject = [
            "actor": .object(world.actor), "to": .string(to),
            "keys": .array(rows.map { .string($0.key) }),
        ]
        if let owner { hidden.append("owner", .string(owner)) }
        if let reason { hidden.append("reason", .string(reason)) }
        let event = AuditEvent(
            .restoreDone,
            [
                "attachments": .array(rows.prefix(1_000).map { .integer($0.id) }),
                "count": JSON(rows.count),
            ],
            hidden: hidden
        )
        do {
            try vault.note(event, at: world.clock.now())
        } catch {
            guard vault.isReadOnly else { throw error }
            guard !mayStayUnrecorded else { return }
            throw UsageError(
                "what is given back cannot be recorded: \(world.config.archive) is on a read-only file "
                    + "system",
                hint: "mount it for writing, or give it back without a record: --unrecorded",
                exitCode: .space
            )
        }
    }
}
