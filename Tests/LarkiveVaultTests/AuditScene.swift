import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Four segments; what an outsider kept is from the end.
struct AuditScene {
    let archive: TestArchive
    let note: String
    let key: VerifierKey

    static func make(runs: Int = 3) async throws -> AuditScene {
        let archive = try await TestArchive.make()
        for content in 0..<runs { try await archive.sync([UInt8(content)]) }
        let tlog = archive.file("audit/tlog")
        return AuditScene(
            archive: archive,
            note: try String(contentsOfFile: "\(tlog)/checkpoint", encoding: .utf8),
            key: try #require(try LogKeys(at: archive.file("audit")).keys.first?.key)
        )
    }

    /// What `audit verify --dir COPY` says, with the note and the key from outside or without.
    func verify(outside: Bool) throws -> AuditCheck {
        var check = try AuditCheck(at: archive.file("audit"))
        if outside {
            check.witnesses.notes = [("ext.note", note)]
            check.witnesses.keys = [key]
        }
        try check.run()
        return check
    }

    func rewrite(_ place: Int, _ change: ([UInt8]) -> [UInt8]) throws {
        let path = archive.file("audit/" + (try archive.segments[place]))
        let plain = try Gzip.decompress(Array(Data(contentsOf: URL(filePath: path))))
        try FileManager.default.removeItem(atPath: path)
        try Data(Gzip.compress(change(plain))).write(to: URL(filePath: path))
    }
}

extension AuditScene {
    /// Signs every note in the folder anew, saying what it said.
    func signAll(as origin: Origin, with key: SigningKey) throws {
        let tlog = archive.file("audit/tlog")
        for name in try FileManager.default.subpathsOfDirectory(atPath: tlog)
        where name.hasSuffix(".note") || name == "checkpoint" {
            let path = "\(tlog)/\(name)"
            let former = try String(contentsOfFile: path, encoding: .utf8)
            let text = try #require(former.components(separatedBy: "\n\n").first)
            let said = try #require(Checkpoint(text: text + "\n"))
            let note = Checkpoint(origin: origin.description, size: said.size, root: said.root)
            try Change.overwrite(path, Data(SignedNote(note, with: key).text.utf8))
        }
    }

    /// The log of one run less, as a backup has it.
    static func olderAudit(of archive: TestArchive) async throws -> String {
        let older = archive.beside("older-audit")
        try FileManager.default.copyItem(atPath: archive.file("audit"), toPath: older)
        let segments = try archive.segments
        let last = try #require(segments.last)
        try FileManager.default.removeItem(atPath: "\(older)/\(last)")
        let notes = "\(older)/tlog/checkpoints/2026"
        let names = try FileManager.default.contentsOfDirectory(atPath: notes).sorted()
        try FileManager.default.removeItem(atPath: "\(notes)/\(try #require(names.last))")
        try FileManager.default.removeItem(atPath: "\(older)/tlog/checkpoint")
        try FileManager.default.copyItem(
            atPath: "\(notes)/\(names[names.count - 2])",
            toPath: "\(older)/tlog/checkpoint"
        )
        let tiles = "\(older)/tlog/tile/0/000.p"
        let wide = try Data(contentsOf: URL(filePath: "\(tiles)/8"))
        var left = try AuditCheck(at: older)
        try left.run()
        #expect(left.findings.map(\.code) == [.tileWrong])
        try FileManager.default.removeItem(atPath: "\(tiles)/8")
        try wide.prefix(6 * 32).write(to: URL(filePath: "\(tiles)/6"))
        return older
    }
}
