import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Changes that somebody makes who has the key, an older copy, or lost STATE.
extension FindingFixture {
    static func ofStory(_ code: Finding.Code) -> FindingFixture? {
        switch code {
        case .keyForeign:
            return .init { archive in
                let planted = SigningKey.made().verifier(for: Story.origin)
                let path = archive.file("audit/tlog/keys/\(planted.fileName)")
                try Change.overwrite(path, Data("\(planted)\n".utf8))
            }
        case .noteContradicts: return .init { try Story.sign(3, .zero, in: $0) }
        case .noteAfterChange: return .init { try await Story.signAfterRotation($0) }
        case .rolledBack: return .init { try await Story.restoreBackup($0) }
        case .logCannotFold:
            return .init { archive in
                let vault = try await archive.open()
                _ = try await vault.journal.append([AuditEvent(.attachmentHeld)])
                try await vault.journal.seal()
                vault.cleanUp()
            }
        case .logMissing:
            return .init { try FileManager.default.removeItem(atPath: $0.file("audit")) }
        case .logRestarted:
            // The tiles of before are kept aside.
            return .init(beside: [.quarantined]) { try await Story.restart($0) }
        case .stateLost:
            return .init { try FileManager.default.removeItem(atPath: "\($0.state)/seen") }
        case .restartUnfinished:
            return .init { archive in
                let key = SigningKey.made().verifier(for: "\(Story.origin)/2")
                try archive.keepSecret(Data("\(key)\n".utf8), "restart")
            }
        case .stateKey:
            return .init { try FileManager.default.removeItem(atPath: "\($0.state)/key") }
        case .notesMissing:
            return .init { archive in
                let folder = archive.file("audit/tlog/checkpoints/2026")
                let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                try FileManager.default.removeItem(atPath: "\(folder)/\(names[1])")
            }
        case .noteBehind:
            return .init { archive in
                let folder = archive.file("audit/tlog/checkpoints/2026")
                let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                let older = try Data(contentsOf: URL(filePath: "\(folder)/\(names[1])"))
                try Change.overwrite(archive.file("audit/tlog/checkpoint"), older)
            }
        case .logUnread: return .init { try Change.lease($0.file("audit/open.jsonl")) }
        case .searchDrift:
            return .init {
                try Change.sqlite(
                    $0,
                    "INSERT INTO search(rowid, \(SearchIndex.column)) VALUES (9, 'xall')"
                )
            }
        default: return nil
        }
    }
}

private enum Story {
    static let origin = "larkive/00000000-0000-4000-8000-000000000000"

    /// A note that the archive's own key has signed.
    static func sign(
        _ size: Int64,
        _ root: ContentDigest,
        with key: Data? = nil,
        in archive: TestArchive
    ) throws {
        let file = try key ?? Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        let signer = try #require(SigningKey(file: Array(file)))
        let known = try #require(try LogKeys(at: archive.file("audit")).keys.first?.key)
        let note = try SignedNote(
            Checkpoint(origin: known.name, size: size, root: root),
            with: signer
        )
        let folder = archive.file("audit/tlog/checkpoints/2026")
        try Change.overwrite("\(folder)/000000000099.note", Data(note.text.utf8))
    }

    static func signAfterRotation(_ archive: TestArchive) async throws {
        let stolen = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        do {
            let vault = try await archive.open()
            _ = try await vault.rotateKey(hidden: ["reason": "stolen"])
            vault.cleanUp()
        }
        try await archive.sync([8])
        var check = try AuditCheck(at: archive.file("audit"))
        try check.run()
        try sign(check.size, check.root, with: stolen, in: archive)
    }

    /// The archive as it was a run ago, beside the STATE of today.
    static func restoreBackup(_ archive: TestArchive) async throws {
        let copy = archive.beside("backup")
        try FileManager.default.copyItem(atPath: archive.path, toPath: copy)
        try await archive.sync([8])
        try FileManager.default.removeItem(atPath: archive.path)
        try FileManager.default.moveItem(atPath: copy, toPath: archive.path)
    }

    static func restart(_ archive: TestArchive) async throws {
        archive.clock.advance(seconds: 1)
        let (vault, _) = try await Vault.restart(
            at: archive.path,
            state: archive.state,
            run: archive.run,
            clock: archive.clock,
            isForced: true,
            hidden: ["reason": "told to"]
        )
        vault.cleanUp()
    }
}
