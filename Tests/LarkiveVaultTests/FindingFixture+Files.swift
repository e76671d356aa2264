import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Changes of the manifest, and of the folders and files around it.
extension FindingFixture {
    static func ofManifest(_ code: Finding.Code) -> FindingFixture? {
        let files = FileManager.default
        let name = "manifest.sqlite"
        switch code {
        case .manifestUnreadable:
            return .init { try Change.overwrite($0.file(name), Data("SQLite format 2".utf8)) }
        case .manifestDiffers:
            return .init { try Change.sqlite($0, "UPDATE version SET name = 'other.pdf'") }
        case .manifestMissing: return .init { try files.removeItem(atPath: $0.file(name)) }
        case .manifestNewer: return .init { try Change.sqlite($0, "PRAGMA user_version = 9") }
        case .manifestForeign:
            return .init { try Change.sqlite($0, "PRAGMA application_id = 9") }
        case .manifestNotRead: return .init { try Change.lease($0.file(name)) }
        case .manifestSchema: return .init { try Change.sqlite($0, "DROP VIEW files") }
        case .manifestIndex:
            return .init { try Change.sqlite($0, Change.wrongIndex) }
        case .manifestBehind:
            return .init { archive in
                try files.copyItem(atPath: archive.file(name), toPath: archive.beside("old"))
                try await Change.another(archive, isSealed: true)
                try await archive.sync([7])
                try files.removeItem(atPath: archive.file(name))
                try files.moveItem(atPath: archive.beside("old"), toPath: archive.file(name))
            }
        case .manifestWaits:
            return .init(beside: [.notSealed]) { archive in
                try files.copyItem(atPath: archive.file(name), toPath: archive.beside("old"))
                try await Change.another(archive, isSealed: false)
                try files.removeItem(atPath: archive.file(name))
                try files.moveItem(atPath: archive.beside("old"), toPath: archive.file(name))
            }
        case .rowUnrecorded:
            return .init {
                try Change.sqlite($0, "INSERT INTO task VALUES ('t', NULL, 'never listed')")
            }
        case .rowMissing: return .init { try Change.sqlite($0, "DELETE FROM sighting") }
        case .logShorter:
            return .init { archive in
                try await Change.another(archive, isSealed: false)
                try Change.overwrite(archive.file("audit/open.jsonl"), Data())
            }
        default: return nil
        }
    }

    static func ofFolder(_ code: Finding.Code) -> FindingFixture? {
        let files = FileManager.default
        switch code {
        case .identityChanged:
            return .init { archive in
                let path = archive.file("larkive.json")
                let text = try String(contentsOfFile: path, encoding: .utf8)
                try Change.overwrite(path, Data((text + " ").utf8))
            }
        case .identityUnreadable:
            return .init { try Change.overwrite($0.file("larkive.json"), Data("{".utf8)) }
        case .formatNewer:
            return .init { archive in
                let path = archive.file("larkive.json")
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let newer = text.replacing("\"format\":1", with: "\"format\":2")
                try Change.overwrite(path, Data(newer.utf8))
            }
        case .folderMode:
            return .init {
                try files.setAttributes(
                    [.posixPermissions: 0o755],
                    ofItemAtPath: $0.file("objects/ab")
                )
            }
        case .folderMissing:
            return .init { try files.removeItem(atPath: $0.file("quarantine")) }
        case .fileMode:
            return .init {
                try files.setAttributes(
                    [.posixPermissions: 0o644],
                    ofItemAtPath: $0.file("audit/" + (try $0.segments[0]))
                )
            }
        case .fileForeign:
            return .init {
                try files.linkItem(atPath: $0.file("larkive.json"), toPath: $0.beside("second"))
            }
        case .fileExtra: return .init { try Change.rewrite($0.file("notes.txt"), "x") }
        case .lockMissing: return .init { try files.removeItem(atPath: $0.file("lock")) }
        case .inboxJunk:
            return .init { try Change.rewrite($0.file("audit/inbox/0123456789abcdef.json"), "{}") }
        case .quarantined: return .init { try Change.rewrite($0.file("quarantine/torn"), "x") }
        case .stagingLeft: return .init { try Change.rewrite($0.file("staging/walk.sqlite"), "x") }
        default: return nil
        }
    }
}
