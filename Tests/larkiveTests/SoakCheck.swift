import FeishuSandbox
import LarkiveCore
import Testing

/// Runs larkive and compares what it holds and what it says with what there is.
struct SoakCheck {
    private let lab: Lab
    /// Contents that an attachment has had at some time.
    private var ever: [String: Set<String>] = [:]
    private(set) var lastExit: Int32 = -1

    init(lab: Lab) { self.lab = lab }

    /// One run; everything that is true is held with its bytes, or named.
    mutating func run(_ name: Comment) async throws {
        let truth = lab.server.truth()
        for line in truth { ever[line.key, default: []].insert(line.sha256) }
        let ended = try await lab.run("sync", "--json")
        lastExit = ended.exit
        let summary = try #require(ended.json, "\(name): \(ended.output) \(ended.errors)")
        expectHonest(summary, ended, name)
        let found = try await lab.run("find", "--json").jsonLines
        let problems = try await lab.run("problems", "--json").jsonLines
        let held = found.filter { $0["state"] == "held" }
        for row in held {
            let (key, digest) = (row["key"]?.string ?? "", row["sha256"]?.string ?? "")
            #expect(ever[key]?.contains(digest) == true, "\(name): \(key) was never so")
        }
        let named = Named(problems: problems, summary: summary, tasks: lab.server.world.tasks)
        let wanted = found.filter { $0["state"] == "wanted" && $0["vanished"] == nil }
        #expect(wanted.isEmpty, "\(name): not reached")
        let ours = Self.digests(held)
        for line in truth where ours[line.key] != line.sha256 && !named.covers(line) {
            Issue.record("\(name): \(line.key) is missing and not named: \(line) \(ended.errors)")
        }
        let gone = Set(found.filter { $0["vanished"] != nil }.compactMap { $0["key"]?.string })
        #expect(gone.isDisjoint(with: truth.map(\.key)), "\(name): said to have vanished")
        #expect(lab.server.counters().violations == 0, "\(name): \(lab.server.counters())")
        #expect(lab.server.counters().unknownPaths == 0, name)
    }

    private static func digests(_ rows: [JSON]) -> [String: String] {
        Dictionary(
            rows.map { ($0["key"]?.string ?? "", $0["sha256"]?.string ?? "") },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The equation holds for every source and in all, and the exit code is that of the conditions.
    private func expectHonest(_ summary: JSON, _ ended: Lab.Ended, _ name: Comment) {
        for source in (summary["sources"]?.array ?? []) + [summary["totals"] ?? .null] {
            let parts = ["known", "archived", "failed", "skipped", "pending"]
            let counts = parts.compactMap { source[$0]?.integer }
            #expect(counts.count == parts.count, name)
            #expect(source["listed"]?.integer == counts.reduce(0, +), "\(name): \(source)")
            #expect(source["pending"] == 0 || source["blind"] == true, "\(name): \(source)")
        }
        let words = summary["conditions"]?.array?.compactMap(\.string) ?? []
        let conditions = Set(words.compactMap(Condition.init))
        #expect(conditions.count == words.count, name)
        #expect(ended.exit == ExitCode.deciding(conditions).rawValue, name)
        #expect(summary["exit_code"]?.integer == Int64(ended.exit), name)
        let weather: Set<Condition> = [
            .itemsFailed, .messageUnread, .walkIncomplete, .sourceForbidden, .temporary,
        ]
        #expect(conditions.isSubset(of: weather), "\(name): \(words) \(ended.errors)")
        #expect(!ended.output.dropLast().contains("\n") && ended.output.hasSuffix("\n"), name)
    }
}

/// What a run has named as not archived: items, messages, and what could not be looked at.
private struct Named {
    private let attachments: Set<String>
    private let messages: Set<String>
    private let unseen: [String]
    private let tasks: World.TaskBoard

    init(problems: [JSON], summary: JSON, tasks: World.TaskBoard) {
        self.tasks = tasks
        attachments = Set(
            problems.filter { $0["state"] != "unread" }.compactMap { $0["key"]?.string }
        )
        messages = Set(
            problems.filter { $0["state"] == "unread" }.compactMap { $0["key"]?.string }
        )
        unseen = summary["unseen"]?.array?.compactMap(\.string) ?? []
    }

    func covers(_ line: TruthLine) -> Bool {
        if attachments.contains(line.key) { return true }
        let message = line.key.split(separator: "/").dropLast().joined(separator: "/")
        if line.mail != nil, messages.contains(message) { return true }
        return line.sources.contains { source in
            unseen.contains { words in
                words.hasPrefix("\(source): ")
                    && isAbout(line, words.dropFirst(source.count + 2))
            }
        }
    }

    /// A folder that could not be read explains what lies in it and nothing else.
    private func isAbout(_ line: TruthLine, _ words: Substring) -> Bool {
        if words.contains("is listed no more") { return false }
        let folders = words.matches(of: /folder ([A-Z0-9]+)/).map { String($0.1) }
        if let mail = line.mail, !folders.isEmpty { return folders.contains(mail.folder) }
        if words.contains("what comes after it in") { return true }
        if let task = words.firstMatch(of: /task ([0-9a-f-]{36})/) {
            return family(of: line).contains(String(task.1))
        }
        return true
    }

    /// A task that could not be read hides what is under it.
    private func family(of line: TruthLine) -> [String] {
        var family: [String] = []
        var next = line.task?.taskGUID
        while let guid = next {
            family.append(guid)
            next = tasks[guid]?.parent
        }
        return family
    }
}
