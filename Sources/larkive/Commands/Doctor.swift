import ArgumentParser
import LarkiveCore
import LarkiveFeishu

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check settings, permissions and scopes, and say what to do.",
        discussion: """
            Asks the platform with few calls, changes nothing and makes no file. Exit 0 when a run could \
            begin (warnings allowed), 6 when somebody has to grant something, 4 when nobody answers, \
            2 when the settings are wrong.
            """
    )

    /// A clock that is further off makes the times in the audit log doubtful.
    private static let mostOffset = 60.0

    @OptionGroup var options: CommonOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let world = try World.live(options)
        var checks = LocalChecks(world: world).all
        var looks: [SourceLook] = []
        do {
            try await world.withConnection { connection in
                let watched = try await world.sources(connection)
                looks = await look(at: watched.names, connection, world.config.folders)
                checks += try identity(world, looks) + DiscoveryChecks(watched.discovery).all
                checks += looks.flatMap { SourceChecks(look: $0).all }
                checks += [
                    unasked(watched.names.dropFirst(looks.count)), clock(world, connection),
                ].compactMap { $0 }
            }
        } catch {
            let check = Check("identity", world.config.feishu.appID, failing: error)
            // What is wrong with the secret or the archive has been told already.
            if !checks.contains(where: { $0.detail == check.detail }) { checks.append(check) }
        }
        try show(checks, looks)
    }

    /// Stops where every further source would say the same.
    private func look(
        at sources: [SourceName],
        _ connection: FeishuConnection,
        _ folders: FolderChoice
    ) async -> [SourceLook] {
        var looks: [SourceLook] = []
        for source in sources {
            let look = await connection.doctor.look(at: source, folders)
            looks.append(look)
            let kinds = look.failures.map(\.kind)
            let isHopeless =
                kinds.contains(.credentials) || kinds.contains(.quota)
                || (kinds.contains(.unreachable) && !connection.counters.wasAnswered)
            guard !isHopeless else { break }
        }
        return looks
    }

    private func identity(_ world: World, _ looks: [SourceLook]) throws -> [Check] {
        let person = try world.login().map { "user \($0.person)" }
        let subject = "\(person ?? "tenant"), app \(world.config.feishu.appID)"
        let consent = try world.consent().map { consent in
            let days = Figures.count(consent.daysLeft, "day", "days")
            let words = "consent lasts for \(days), until \(consent.ends.date)"
            return consent.isEndingSoon
                ? Check.warn("identity", subject, words, hint: "log in again: larkive login")
                : Check.ok("identity", subject, words)
        }
        return [token(subject, looks, world), consent].compactMap { $0 }
    }

    /// What the calls said of the token; it is not asked for on its own.
    private func token(_ subject: String, _ looks: [SourceLook], _ world: World) -> Check {
        let failures = looks.flatMap(\.failures)
        if let failure = failures.first(where: { $0.kind == .credentials }) {
            return Check("identity", subject, failing: failure)
        }
        guard !looks.isEmpty else {
            return .warn(
                "identity",
                subject,
                "not tried: the config names no source",
                hint: "name mailboxes under mail.mailboxes or lists under tasks.tasklists"
            )
        }
        guard looks.contains(where: { $0.isReachable || $0.failures.contains(where: \.isAnswer) })
        else { return .warn("identity", subject, "not tried: nobody answered", hint: nil) }
        return .ok("identity", subject, "\(world.config.feishu.baseURL) knows it")
    }

    private func unasked(_ rest: some Collection<SourceName>) -> Check? {
        guard !rest.isEmpty else { return nil }
        let names = rest.map(\.description).joined(separator: ", ")
        return .warn("reach", names, "not asked: it would end the same way", hint: nil)
    }

    private func clock(_ world: World, _ connection: FeishuConnection) -> Check? {
        guard let offset = connection.doctor.clockOffset(at: world.clock.now()) else { return nil }
        let size = Figures.oneDecimal(abs(offset.seconds))
        let way = offset.seconds < 0 ? "behind" : "ahead of"
        let words = "\(size) s \(way) the platform's (± \(Figures.oneDecimal(offset.error)) s)"
        guard abs(offset.seconds) - offset.error > Self.mostOffset else {
            return .ok("clock", "this machine", words)
        }
        return .warn(
            "clock",
            "this machine",
            words,
            hint: "set the clock: timedatectl set-ntp true"
        )
    }

    private func show(_ checks: [Check], _ looks: [SourceLook]) throws {
        let code = checks.exitCode
        if json {
            Terminal.print(
                .object([
                    "ok": .bool(code == .complete), "exit_code": JSON(Int(code.rawValue)),
                    "checks": .array(checks.map(\.json)), "sources": .array(looks.map(\.json)),
                ])
            )
        } else {
            for line in checks.flatMap(\.lines) { Terminal.print(line.shown) }
        }
        if code != .complete { throw Stop(code: code) }
    }
}

extension SourceError {
    /// Whether somebody answered who knew the app.
    fileprivate var isAnswer: Bool {
        switch kind {
        case .forbidden, .gone, .incomplete: true
        case .credentials, .unreachable, .temporary, .quota, .stopped: false
        }
    }
}
