import CLinux
import FoundationEssentials
import LarkiveCore
import LarkiveFeishu
import LarkiveVault

/// Where real parts are put together; nothing else builds them.
struct World: Sendable {
    let config: Config
    let configPath: String
    let environment: [String: String]
    let clock: any WallClock

    static func live(_ options: CommonOptions) throws -> World {
        let environment = ProcessInfo.processInfo.environment
        let file = try ConfigFile.find(given: options.config, environment: environment)
        return World(
            config: try file.read(),
            configPath: file.path,
            environment: environment,
            clock: SystemClock()
        )
    }

    func newRun() -> RunID {
        var random = SystemRandomNumberGenerator()
        return RunID.made(at: clock.now(), using: &random)
    }

    func state(of archive: String) -> String {
        StateFolder.path(config.state, archive: archive, environment: environment)
    }

    /// For looking; no lock.
    func reading() throws -> ReadingVault {
        let vault = try ReadingVault(at: config.archive)
        if vault.manifest.isAside {
            let isHeld = ReadingVault.runningProbe(at: config.archive)?() ?? false
            let who =
                isHeld
                ? "a run stands still in a commit (the file lock names it)"
                : "manifest.sqlite is in the middle of a commit that nobody takes back here"
            Terminal.note("\(who): what was before is shown")
        }
        return vault
    }

    /// For writing; takes the lock.
    func writing(_ run: RunID) async throws -> Vault {
        let identity = try ReadingVault.identity(at: config.archive)
        let vault = try await Vault.open(
            at: config.archive,
            state: state(of: identity.id),
            run: run,
            clock: clock,
            rules: rules
        )
        vault.remarks.forEach { Terminal.note($0.shown) }
        return vault
    }

    /// For going on with a new key; takes the lock.
    func restarting(
        _ run: RunID,
        isForced: Bool,
        hidden: JSONObject
    ) async throws -> (vault: Vault, change: KeyChange) {
        let identity = try ReadingVault.identity(at: config.archive)
        return try await Vault.restart(
            at: config.archive,
            state: state(of: identity.id),
            run: run,
            clock: clock,
            rules: rules,
            isForced: isForced,
            hidden: hidden
        )
    }

    var rules: VaultRules {
        var rules = config.rules
        if Terminal.errorIsTerminal { rules.told = { Terminal.note($0) } }
        return rules
    }

    /// Lends a connection to the platform and closes it afterwards, whatever happens.
    ///
    /// Acting for a user takes a login, except for logging in.
    func withConnection<Result>(
        needsLogin: Bool = true,
        _ body: (FeishuConnection) async throws -> Result
    ) async throws -> Result {
        if needsLogin { _ = try login() }
        let connection = try connection()
        do {
            let result = try await body(connection)
            await connection.shutdown()
            return result
        } catch {
            await connection.shutdown()
            throw error
        }
    }

    private func connection() throws -> FeishuConnection {
        let user = try userIdentity()
        if let file = config.feishu.caFile, !FileManager.default.isReadableFile(atPath: file) {
            throw UsageError("\(configPath): `feishu.ca_file`: \(file) cannot be read")
        }
        return FeishuConnection(
            baseURL: try base(),
            appID: config.feishu.appID,
            appSecret: try Trust.secret(config, environment: environment),
            user: user,
            pacing: config.feishu.isPaced ? .on : .off,
            linkHosts: config.feishu.linkHosts,
            caFile: config.feishu.caFile,
            proxy: config.feishu.proxy,
            parallel: config.parallel
        )
    }

    /// Who does this: for the private part of records.
    var actor: JSONObject {
        var actor: JSONObject = [
            "host": .string(ProcessInfo.processInfo.hostName), "pid": JSON(Int(lk_pid())),
            "uid": JSON(Int(lk_owner())), "version": .string(Larkive.version),
        ]
        if let user = environment["SUDO_USER"] { actor.append("sudo_user", .string(user)) }
        if let login = FileManager.default.contents(atPath: "/proc/self/loginuid") {
            actor.append("loginuid", .string(String(decoding: login, as: UTF8.self)))
        }
        return actor
    }

    /// Turns events of this command into records at once when no run has the archive.
    func recordInbox() async {
        guard let vault = try? await writing(newRun()) else { return }
        try? await vault.journal.seal()
        vault.cleanUp()
    }
}

/// The time of day as the system tells it.
struct SystemClock: WallClock {
    func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}

extension FeishuConnection {
    /// What the run has cost the platform so far.
    func costs() -> RunFigures {
        var figures = RunFigures()
        figures.linkCalls = Int64(counters.linkCalls)
        figures.throttledSeconds = counters.throttledSeconds
        return figures
    }
}
