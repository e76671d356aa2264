import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// A change of keys, whole and interrupted.
@Suite(.scratchDirectory) struct RotationTests {
    static func rotate(_ archive: TestArchive) async throws -> VerifierKey {
        let vault = try await archive.open()
        return try await vault.rotateKey(hidden: RestartTests.why)
    }

    private static func check(_ archive: TestArchive, key: VerifierKey) throws -> [Finding.Code] {
        var check = try AuditCheck(at: archive.file("audit"))
        check.witnesses.keys = [key]
        try check.run()
        return check.findings.map(\.code)
    }

    @Test func `whoever holds the first key follows every change of keys`() async throws {
        let archive = try await RestartTests.made(2)
        let first = try #require(try LogKeys(at: archive.file("audit")).keys.first?.key)
        let second = try await Self.rotate(archive)
        try await archive.sync([8])
        let third = try await Self.rotate(archive)
        try await archive.sync([9])
        #expect((second.name.suffix(2), third.name.suffix(2)) == ("/2", "/3"))
        #expect(try archive.verify() == [])
        // What a later key has signed again needs no earlier one.
        for key in [first, second, third] {
            #expect(try Self.check(archive, key: key) == [])
        }
        let keys = try LogKeys(at: archive.file("audit")).keys
        #expect(keys.map(\.key) == [first, second, third])
        #expect(keys.map { $0.change?.seq } == [nil, 6, 9])
    }

    @Test func `a note of a former key after its time is found`() async throws {
        let archive = try await RestartTests.made(2)
        let stolen = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        _ = try await Self.rotate(archive)
        try await archive.sync([8])
        let key = try #require(SigningKey(file: Array(stolen)))
        var check = try AuditCheck(at: archive.file("audit"))
        try check.run()
        let origin = "larkive/00000000-0000-4000-8000-000000000000/1"
        let forged = try SignedNote(
            Checkpoint(origin: origin, size: check.size, root: check.root),
            with: key
        )
        try Data(forged.text.utf8).write(
            to: URL(filePath: archive.file("audit/tlog/checkpoints/2026/000000000011.note"))
        )
        #expect(try archive.verify() == [.noteAfterChange])
    }

    @Test(arguments: ["record", "record in the journal", "public key", "note", "nothing"])
    func `a rotation that died is finished or forgotten`(after step: String) async throws {
        let archive = try await RestartTests.made(2)
        let tlog = archive.file("audit/tlog")
        let key = try Data(contentsOf: URL(filePath: "\(archive.state)/key"))
        let next = SigningKey.made()
        let verifier = next.verifier(for: "larkive/00000000-0000-4000-8000-000000000000/2")
        try archive.keepSecret(Data(next.file.reveal()), "key.next")
        if step != "nothing" {
            do {
                // The opening would forget the key: it is put there afterwards.
                try RestartTests.remove("\(archive.state)/key.next")
                let vault = try await archive.open()
                try archive.keepSecret(Data(next.file.reveal()), "key.next")
                try await vault.record([KeyChange.rotated(to: verifier, hidden: RestartTests.why)])
                if step != "record in the journal" { try await vault.journal.seal() }
                if step == "public key" {
                    try Data("\(verifier)\n".utf8).write(
                        to: URL(filePath: "\(tlog)/keys/\(verifier.fileName)")
                    )
                }
                if step == "note" {
                    try await vault.journal.goOn(with: next)
                    try archive.keepSecret(key, "key")
                    try archive.keepSecret(Data(next.file.reveal()), "key.next")
                }
            }
        }
        try await archive.sync([50])
        #expect(try archive.verify() == [])
        #expect(!FileManager.default.fileExists(atPath: "\(archive.state)/key.next"))
        let keys = try LogKeys(at: archive.file("audit")).keys
        #expect(keys.count == (step == "nothing" ? 1 : 2))
        if step != "nothing" { #expect(keys.last?.key == verifier) }
    }
}
