import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read, check and prove the audit log.",
        subcommands: [
            AuditLogCommand.self, AuditVerify.self, AuditCheckpoint.self, AuditProve.self,
            AuditKey.self, AuditRestart.self,
        ]
    )
}

extension World {
    var auditFolder: String { "\(config.archive)/audit" }

    /// For the private part of a record: who does this, and why.
    func reason(_ text: String?) -> JSONObject {
        ["actor": .object(actor), "reason": text.map(JSON.string)]
    }
}
