import FoundationEssentials

/// The doors for tests, under `/_sandbox/`.
extension SandboxResponder {
    func control(_ call: Call) -> Answer {
        switch (call.method, call.segments.dropFirst().joined(separator: "/")) {
        case ("GET", "truth"): truth(call)
        case ("GET", "counters"): counters()
        case ("POST", "counters/reset"): done { $0.resetCounters() }
        case ("POST", "tokens/revoke"): done { $0.revokeTokens() }
        case ("POST", "user/revoke"): done { $0.revokeUser() }
        case ("POST", "user/tokens"): signIn(call)
        case ("POST", "faults"): setFaults(call.body)
        case ("POST", "world"): change(call.body)
        case ("POST", "clock/advance"): advance(call)
        default: .text(404, "404 page not found")
        }
    }

    /// JSON lines, one for each attachment; `as=user` for what the user can read.
    private func truth(_ call: Call) -> Answer {
        let identity = call.first("as").flatMap(SandboxIdentity.init) ?? .tenant
        let lines = desk.truth(as: identity).map { $0.json.utf8 + "\n".utf8 }
        return Answer(
            status: 200,
            headers: [Header("Content-Type", "application/jsonl; charset=utf-8")],
            body: .bytes(lines.flatMap { $0 })
        )
    }

    private func counters() -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let counters = CountersPage(counters: desk.withPlatform { $0.counters })
        let bytes = (try? encoder.encode(counters)).map { [UInt8]($0) } ?? []
        return Answer(
            status: 200,
            headers: [Header("Content-Type", "application/json; charset=utf-8")],
            body: .bytes(bytes)
        )
    }

    /// Tokens as a login would bring them; `scope` as in one, or all that there are.
    private func signIn(_ call: Call) -> Answer {
        let scopes = call.first("scope").map { Set($0.split(separator: " ").map(String.init)) }
        guard let tokens = desk.signIn(scopes) else { return .text(400, "there is no user\n") }
        return .json(200, tokens.json, logID: "")
    }

    /// A JSON array in the words of a world file's `faults`; an empty one clears them.
    ///
    /// Or an object with `faults` and `storm`, each of which is left as it is when absent.
    private func setFaults(_ body: [UInt8]) -> Answer {
        do {
            let script = try WorldFile.script(String(decoding: body, as: UTF8.self))
            return done { $0.set(script) }
        } catch {
            return .text(400, "\(error)\n")
        }
    }

    /// All of the changes happen between two calls, or none does.
    private func change(_ body: [UInt8]) -> Answer {
        do {
            try desk.withPlatform { try $0.change(String(decoding: body, as: UTF8.self)) }
            return .text(200, "ok\n")
        } catch {
            return .text(400, "\(error)\n")
        }
    }

    private func advance(_ call: Call) -> Answer {
        guard let seconds = call.first("seconds").flatMap({ Int64($0) }) else {
            return .text(400, "clock/advance needs seconds\n")
        }
        desk.advance(by: .seconds(seconds))
        return done { _ in }
    }

    private func done(_ change: (inout Platform) -> Void) -> Answer {
        desk.withPlatform { change(&$0) }
        return .text(200, "ok\n")
    }
}
