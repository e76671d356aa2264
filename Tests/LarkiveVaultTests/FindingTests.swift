import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// One change of a finished archive for each code, and nothing but that code.
@Suite(.scratchDirectory) struct FindingTests {
    @Test(arguments: Finding.Code.allCases)
    func `each change gives its own code and no other`(code: Finding.Code) async throws {
        let archive = try await FindingFixture.archive()
        #expect(try archive.verify() == [])
        guard !Self.elsewhere.contains(code) else { return }
        let fixture = try #require(FindingFixture.of(code), "\(code) has no fixture")
        try await fixture.change(archive)
        let verdict = try ReadingVault.verdict(of: archive)
        withExtendedLifetime(fixture) {}
        let found = Set(verdict.findings.map(\.code))
        #expect(found.contains(code), "\(verdict.findings)")
        #expect(found.subtracting(fixture.beside).union([code]) == [code], "\(verdict.findings)")
        #expect(verdict.isOK == !code.isError)
    }

    /// Codes whose fixtures are whole stories and stand in other suites.
    private static let elsewhere: Set<Finding.Code> = [
        .noteContradicts, .rolledBack, .logCannotFold, .logMissing,
    ]

    @Test func `codes are promised: none is given twice, and there are at least 25`() {
        let codes = Finding.Code.allCases.map(\.rawValue)
        #expect(Set(codes).count == codes.count)
        #expect(codes.count >= 25)
        #expect(codes.allSatisfy { $0.count == 4 && ($0.first == "E" || $0.first == "W") })
    }

    @Test func `a row that differs is named with its columns`() async throws {
        let archive = try await FindingFixture.archive()
        try Change.sqlite(
            archive,
            "UPDATE version SET name = 'x.pdf', size = 7 WHERE attachment = 2"
        )
        let found = try ReadingVault.verdict(of: archive).findings
        #expect(found.map(\.subject) == ["version 2/1"])
        #expect(found.first?.detail == "not what the log says: name, size")
    }

    @Test func `twenty rows are named, the others counted`() async throws {
        let archive = try await FindingFixture.archive()
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 100)"
        try Change.sqlite(archive, "INSERT INTO meta \(many) SELECT 'x' || i, '' FROM n")
        let found = try ReadingVault.verdict(of: archive).findings
        #expect(found.count == 21)
        #expect(found.last?.detail == "80 more rows differ")
    }

    @Test func `a changed object is told with all that carry it and both digests`() async throws {
        let archive = try await FindingFixture.archive()
        try Change.rewrite(archive.object("abc"), "abX")
        let found = try #require(try ReadingVault.verdict(of: archive).findings.first)
        #expect(found.facts["sha256"]?.string == ContentDigest.of(Array("abc".utf8)).hex)
        #expect(found.facts["actual_sha256"]?.string == ContentDigest.of(Array("abX".utf8)).hex)
        #expect(found.facts["attachments"]?.array?.count == 2)
    }
}

/// What is changed in a finished archive so that `verify` finds one code.
struct FindingFixture {
    /// Codes that cannot be told from each other by this change alone.
    var beside: Set<Finding.Code> = []
    let change: (TestArchive) async throws -> Void

    /// Three attachments, two of them with the same bytes, in two sealed sessions.
    static func archive() async throws -> TestArchive {
        let archive = try await TestArchive.make()
        for contents in [["abc", "other"], ["abc"]] {
            let vault = try await archive.open()
            for content in contents { try await archive.hold(Array(content.utf8), in: vault) }
            try await vault.journal.seal()
            vault.cleanUp()
        }
        return archive
    }

    static func of(_ code: Finding.Code) -> FindingFixture? {
        ofObject(code) ?? ofLog(code) ?? ofManifest(code) ?? ofFolder(code)
    }

    private static func ofObject(_ code: Finding.Code) -> FindingFixture? {
        let files = FileManager.default
        switch code {
        case .objectMissing: return .init { try files.removeItem(atPath: $0.object("abc")) }
        case .objectChanged: return .init { try Change.rewrite($0.object("abc"), "abX") }
        case .objectSize: return .init { try Change.rewrite($0.object("abc"), "ab") }
        case .objectLonger: return .init { try Change.rewrite($0.object("abc"), "abcd") }
        case .objectMode:
            return .init {
                try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: $0.object("abc"))
            }
        case .objectKind:
            return .init {
                try files.removeItem(atPath: $0.object("abc"))
                try files.createDirectory(
                    atPath: $0.object("abc"),
                    withIntermediateDirectories: false
                )
            }
        case .objectLinked:
            return .init {
                try files.linkItem(atPath: $0.object("abc"), toPath: $0.beside("second name"))
            }
        case .objectSymlink:
            return .init {
                try files.moveItem(atPath: $0.object("abc"), toPath: $0.beside("moved"))
                try files.createSymbolicLink(
                    atPath: $0.object("abc"),
                    withDestinationPath: $0.beside("moved")
                )
            }
        case .objectUnreadable: return .init { try Change.lease($0.object("abc")) }
        case .objectMisplaced:
            return .init {
                let name = URL(filePath: $0.object("abc")).lastPathComponent
                try files.moveItem(atPath: $0.object("abc"), toPath: $0.file("objects/00/\(name)"))
            }
        case .objectKnownDamaged: return .init { try await Change.record(.objectDamaged, in: $0) }
        case .objectLost: return .init { try await Change.lose("abc", of: $0) }
        case .lossAccepted:
            return .init {
                try await Change.lose("abc", of: $0)
                try await Change.record(.objectAccepted, in: $0)
            }
        case .objectExtra: return .init { try Change.rewrite($0.file("objects/00/readme"), "") }
        case .shardExtra:
            return .init { try Change.rewrite($0.file("objects/readme"), "") }
        default: return nil
        }
    }

    /// What is signed and what the tiles say is then no longer what is read.
    private static let ofBrokenLog: Set<Finding.Code> = [
        .noteContradicts, .lineOutOfOrder, .tileWrong, .rolledBack, .notSealed,
    ]

    private static func ofLog(_ code: Finding.Code) -> FindingFixture? {
        let files = FileManager.default
        switch code {
        case .lineInvalid:
            return .init(beside: Self.ofBrokenLog) {
                try Change.lines(of: 1, in: $0) {
                    $0[1] = $0[1].replacing("\"type\"", with: "\"tipe\"")
                }
            }
        case .lineOutOfOrder:
            return .init(beside: Self.ofBrokenLog) {
                try Change.lines(of: 1, in: $0) { $0.swapAt(0, 1) }
            }
        case .segmentMissing:
            return .init(beside: Self.ofBrokenLog) {
                try files.removeItem(atPath: $0.file("audit/" + (try $0.segments[1])))
            }
        case .segmentUnreadable:
            return .init(beside: Self.ofBrokenLog) {
                try Change.edit($0.file("audit/" + (try $0.segments[1]))) { $0[$0.count / 2] ^= 1 }
            }
        case .tileWrong:
            return .init { archive in
                let folder = archive.file("audit/tlog/tile/0/000.p")
                let name = try #require(try files.contentsOfDirectory(atPath: folder).first)
                try Change.edit("\(folder)/\(name)") { $0[40] ^= 1 }
            }
        case .noteUnsigned:
            return .init { archive in
                try Change.edit(archive.file("audit/tlog/checkpoint")) { $0[$0.count - 9] ^= 1 }
            }
        case .noNote:
            return .init { try files.removeItem(atPath: $0.file("audit/tlog/checkpoint")) }
        case .keyUnreadable:
            return .init {
                try Change.overwrite(
                    $0.file("audit/tlog/keys/2-00000000.vkey"),
                    Data("no key\n".utf8)
                )
            }
        case .notSealed: return .init { try await Change.another($0, isSealed: false) }
        case .tornTail:
            return .init(beside: [.notSealed]) { archive in
                try await Change.another(archive, isSealed: false)
                try Change.edit(archive.file("audit/open.jsonl")) { $0 += Array("{\"rec".utf8) }
            }
        default: return nil
        }
    }

    private static func ofManifest(_ code: Finding.Code) -> FindingFixture? {
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

    private static func ofFolder(_ code: Finding.Code) -> FindingFixture? {
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

extension TestArchive {
    func object(_ content: String) -> String {
        file(DiskObjectStore.subject(of: .of(Array(content.utf8))))
    }
}

extension ReadingVault {
    static func verdict(of archive: TestArchive) throws -> Verification {
        try Verifier(at: archive.path, state: archive.state, clock: archive.clock)
            .run(VerifyRequest(readsData: true))
    }
}
