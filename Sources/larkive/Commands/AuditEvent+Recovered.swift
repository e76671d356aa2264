import LarkiveCore
import LarkiveVault

extension AuditEvent {
    static func recovered(_ recovery: Vault.Recovery) -> AuditEvent {
        var record: JSONObject = [
            "records": JSON(recovery.records), "torn_bytes": JSON(recovery.tornBytes),
        ]
        if let digest = recovery.tornDigest { record.append("torn_sha256", .string(digest.hex)) }
        var hidden = JSONObject()
        if let file = recovery.quarantined { hidden.append("quarantine", .string(file)) }
        return AuditEvent(.runRecovered, record, hidden: hidden)
    }
}
