import FeishuSandbox
import Foundation
import LarkiveCore
import Testing

/// What an archive must hold, learnt from outside: what Feishu has had, and what was once held.
struct ArchiveModel {
    private let lab: Lab
    private let name: String
    /// Contents that an attachment has had at some time.
    private var contents: [String: Set<String>] = [:]
    /// Every version that was held once, by attachment and version: its digest, for ever.
    private(set) var held: [String: String] = [:]
    /// Attachments by number, for ever.
    private var keys: [String: String] = [:]

    init(lab: Lab, name: String) {
        self.lab = lab
        self.name = name
    }

    /// To be told before the world changes and before a run.
    mutating func learn() {
        for line in lab.server.truth() { contents[line.key, default: []].insert(line.sha256) }
    }

    /// Nothing that was held is gone or different, nothing is held that never was, and the archive
    /// verifies to the last byte; what a killed run left open is no error.
    mutating func check(after step: String) async throws {
        let rows = try await dump().compactMap { try? JSONReader.read(Array($0.utf8)) }
        let versions = rows.filter { $0["table"] == "version" && $0["digest"] != nil }
        let attachments = rows.filter { $0["table"] == "attachment" }
        remember(attachments.map { ($0.text("n"), $0.text("key")) }, in: \.keys, step)
        let now = versions.map { ("\($0.text("attachment"))@\($0.text("n"))", $0.text("digest")) }
        for (place, digest) in now {
            let key = keys[String(place.prefix { $0 != "@" })] ?? "?"
            #expect(contents[key]?.contains(digest) == true, "\(name), \(step): \(key) \(digest)")
        }
        remember(now, in: \.held, step)
        let verdict = try await lab.run("verify", "--read-data", "--json")
        let findings = verdict.json?["findings"]?.array ?? []
        let errors = findings.filter { $0["severity"] == "error" }
        #expect(errors == [], "\(name), \(step): \(verdict.errors)")
        #expect(verdict.exit == 0, "\(name), \(step): \(verdict.output) \(verdict.errors)")
    }

    private mutating func remember(
        _ now: [(String, String)],
        in known: WritableKeyPath<ArchiveModel, [String: String]>,
        _ step: String
    ) {
        let found = Dictionary(now, uniquingKeysWith: { first, _ in first })
        for (place, value) in self[keyPath: known] {
            #expect(found[place] == value, "\(name), \(step): \(place) was \(value)")
        }
        self[keyPath: known] = found
    }

    /// Everything that Feishu has is held in its newest content.
    func expectComplete(after step: String) async throws {
        let found = try await lab.run("find", "--json").jsonLines
        let ours = found.reduce(into: [String: String]()) { held, row in
            if row["state"] == "held" { held[row.text("key")] = row.text("sha256") }
        }
        for line in lab.server.truth() {
            #expect(ours[line.key] == line.sha256, "\(name), \(step): \(line.key)")
        }
    }

    func dump() async throws -> [String] {
        let ended = try await lab.run("manifest", "dump")
        #expect(ended.exit == 0, "\(name): \(ended.errors)")
        return ended.output.split(separator: "\n").map(String.init)
    }
}

extension JSON {
    fileprivate func text(_ name: String) -> String {
        self[name]?.string ?? self[name]?.integer.map(String.init) ?? ""
    }
}
