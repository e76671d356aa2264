import LarkiveCore
import LarkiveVault

/// What the audit log says of a restore: kept before any byte is handed out.
struct RestoreNote {
    let world: World
    let to: String
    let owner: String?
    let reason: String?

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
        try vault.note(event, at: world.clock.now())
    }
}
