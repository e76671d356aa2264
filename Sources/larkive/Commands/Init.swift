import ArgumentParser
import FoundationEssentials
import LarkiveCore
import LarkiveVault

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an archive, its signing key and a commented config.",
        discussion: """
            A config that exists is used and left as it is. An archive that exists is never touched, \
            one whose init came to no end is finished.
            Keep the verification key that is printed somewhere else: it proves later that the audit
            log is this archive's.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The folder of the archive; else `archive:` of the config.") var directory:
        String?

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let existing = try existingConfig(environment)
        guard let path = directory.map(ConfigFile.absolute) ?? existing?.config.archive else {
            throw UsageError(
                "no folder for the archive",
                hint: "name one: larkive init /srv/larkive"
            )
        }
        let id = Vault.begunID(at: path) ?? Vault.newID()
        let state = StateFolder.path(existing?.config.state, archive: id, environment: environment)
        var random = SystemRandomNumberGenerator()
        let clock = SystemClock()
        let run = RunID.made(at: clock.now(), using: &random)
        let key = try await Vault.create(
            at: path,
            id: id,
            state: state,
            run: run,
            clock: clock,
            rules: existing?.config.rules ?? VaultRules()
        )
        if try Vault.isVolatile(at: path) {
            Terminal.note("\(path) is in memory (tmpfs): it is gone when the machine stops")
        }
        Terminal.print("archive           \(path)")
        Terminal.print("state             \(state)")
        Terminal.print("verification key  \(key)")
        try finish(existing: existing?.path, archive: path, state: state)
    }

    private func existingConfig(
        _ environment: [String: String]
    ) throws -> (path: String, config: Config)? {
        if let given = options.config, !FileManager.default.fileExists(atPath: given) { return nil }
        guard let file = try? ConfigFile.find(given: options.config, environment: environment)
        else { return nil }
        return (file.path, try file.read())
    }

    private func finish(existing: String?, archive: String, state: String) throws {
        guard existing == nil else {
            Terminal.print("config            \(existing ?? "") (left as it is)")
            return Terminal.print("next              larkive sync")
        }
        let path = ConfigFile.absolute(options.config ?? "larkive.yaml")
        let text = Self.template(archive: archive, state: state)
        guard
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw UsageError("\(path) cannot be written", exitCode: .space) }
        Terminal.print("config            \(path)")
        Terminal.print("next              fill in the config, then: larkive sync")
    }

    static func template(archive: String, state: String) -> String {
        """
        # larkive: which attachments to archive, and where. Every key is described in docs/operating.md.
        archive: \(archive)
        # The signing key and the last checkpoint seen; back it up apart from the archive.
        state: \(state)
        feishu:
          base_url: https://open.feishu.cn       # Lark: https://open.larksuite.com
          app_id: cli_xxxxxxxxxxxxxxxx           # developer console, your custom app, "Credentials"
          app_secret_file: app_secret            # a file with the app secret, mode 0600
          # identity: user                       # act for whoever runs `larkive login`
        mail:
          mailboxes: []                          # [legal@corp.example, alice@corp.example]
          # discover: [accessible, public]       # add the mailboxes that the platform lists
          folders: all                           # or a list: [INBOX, SENT]
          inline_images: true
        tasks:
          tasklists: []                          # guids; the app must be a member of each list
          tasks: []

        """
    }
}
