import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What somebody else has put into a folder of copies.
@Suite(.scratchDirectory) struct PlantedNotesTests {
    @Test(arguments: [1, 9])
    func `a stranger's key beside a note counts for no number that the log knows`(
        number: Int64
    ) async throws {
        let archive = try await RestartTests.made(1)
        let rules = try CopiesTests.rules(archive)
        try await CopiesTests.sync(archive, [5], rules)
        let id = "00000000-0000-4000-8000-000000000000"
        let (key, origin) = (SigningKey.made(), Origin(archive: id, number: number))
        let planted = Checkpoint(origin: origin.description, size: 999_999, root: .zero)
        let note = try SignedNote(planted, with: key)
        let folder = rules.auditCopies[0]
        try Data(note.text.utf8).write(
            to: URL(filePath: "\(folder)/\(NoteCopies.name(of: planted, origin))")
        )
        try Data("\(key.verifier(for: origin.description))\n".utf8)
            .write(to: URL(filePath: "\(folder)/\(id)-x.vkey"))
        if number == 1 { return try await CopiesTests.sync(archive, [6], rules) }
        await #expect(throws: VaultError.self) { _ = try await archive.open(rules: rules) }
        let words = try await RestartTests.restart(archive, rules).words
        #expect(words.contains("as a copied note of key 9 says, which this log does not know"))
    }

    @Test(arguments: ["junk", "another key's"])
    func `a note in a folder of copies that nobody vouches for stops nothing and hides nothing`(
        kind: String
    ) async throws {
        let archive = try await RestartTests.made(1)
        let rules = try CopiesTests.rules(archive)
        try await CopiesTests.sync(archive, [5], rules)
        try CopiesTests.keep(archive, as: "backup")
        let origin = "larkive/00000000-0000-4000-8000-000000000000/7"
        let planted = Checkpoint(origin: origin, size: 999_999, root: .zero)
        let text =
            kind == "junk"
            ? "\(planted.text)\n\u{2014} x\n" : try SignedNote(planted, with: .made()).text
        let name = "00000000-0000-4000-8000-000000000000-999999-7.note"
        try Data(text.utf8).write(to: URL(filePath: "\(rules.auditCopies[0])/\(name)"))
        try await CopiesTests.sync(archive, [6], rules)
        try CopiesTests.bringBack(archive, from: "backup")
        let failure = await #expect(throws: VaultError.self) {
            _ = try await archive.open(rules: rules)
        }
        #expect(failure?.detail.contains("says that 8 records were signed") == true)
        let change = try await RestartTests.restart(archive, rules)
        #expect((change.former?.size, change.key.name.hasSuffix("/2")) == (8, true))
    }
}
