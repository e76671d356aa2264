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
        let fixture = try #require(FindingFixture.of(code), "\(code) has no fixture")
        try await fixture.change(archive)
        let verdict = try ReadingVault.verdict(of: archive)
        withExtendedLifetime(fixture) {}
        let found = Set(verdict.findings.map(\.code))
        #expect(found.contains(code), "\(verdict.findings)")
        #expect(found.subtracting(fixture.beside).union([code]) == [code], "\(verdict.findings)")
        #expect(verdict.isOK == !code.isError)
        #expect(verdict.exitCode?.rawValue ?? 0 == Self.exitCode(of: code))
    }

    /// The promise of docs/operating.md, said once more.
    private static func exitCode(of code: Finding.Code) -> Int32 {
        switch code.rawValue {
        case "E024", "E041": 2
        case "E010"..."E019", "E030"..."E039": 15
        case "E000"..."E999": 7
        default: 0
        }
    }

    @Test(
        arguments: [
            ([], 0), ([.quarantined], 0), ([.objectChanged, .lineInvalid], 15),
            ([.formatNewer, .objectChanged], 7), ([.formatNewer, .lockMissing], 2),
            ([.manifestMissing, .logRestarted], 7),
        ] as [([Finding.Code], Int32)]
    )
    func `of several findings the gravest decides the exit code`(
        codes: [Finding.Code],
        expected: Int32
    ) {
        var verdict = Verification()
        verdict.findings = codes.map { Finding($0, "", "") }
        #expect(verdict.exitCode?.rawValue ?? 0 == expected)
    }

    @Test func `an unreadable end of the log is told once`() async throws {
        let archive = try await FindingFixture.archive()
        let last = try #require(try archive.segments.last)
        try Change.edit(archive.file("audit/" + last)) { $0[$0.count / 2] ^= 1 }
        #expect(try archive.verify() == [.segmentUnreadable])
    }

    @Test func `the tree's folder is missed by itself`() async throws {
        let archive = try await FindingFixture.archive()
        try FileManager.default.removeItem(atPath: archive.file("audit/tlog"))
        #expect(try archive.verify() == [.logMissing])
    }

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
        ofObject(code) ?? ofLog(code) ?? ofStory(code) ?? ofManifest(code) ?? ofFolder(code)
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

    private static func ofLog(_ code: Finding.Code) -> FindingFixture? {
        let files = FileManager.default
        switch code {
        case .lineInvalid:
            return .init {
                try Change.lines(of: 1, in: $0) {
                    $0[1] = $0[1].replacing("\"type\"", with: "\"tipe\"")
                }
            }
        case .lineOutOfOrder:
            return .init {
                try Change.lines(of: 1, in: $0) { $0.swapAt(0, 1) }
            }
        case .segmentMissing:
            return .init {
                try files.removeItem(atPath: $0.file("audit/" + (try $0.segments[1])))
            }
        case .segmentUnreadable:
            return .init {
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
            return .init {
                try Change.edit($0.file("audit/open.jsonl")) { $0 += Array("{torn".utf8) }
            }
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
