import Foundation
import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What somebody may have put into an archive: refused by name, with what to do.
@Suite(.scratchDirectory, .serialized) struct PathTests {
    enum Plant: String, CaseIterable, Sendable {
        case linkedShard, linkedStaging, linkedManifest, linkedJournal, linkedLock, pipe, folder
        case secondName, looseFolder, looseRoot, looseFile, foreignFolder, foreignFile, looseState
        case linkedKey, foreignState

        func apply(to archive: TestArchive) throws {
            let (files, outside) = (FileManager.default, archive.beside("outside"))
            try files.createDirectory(atPath: outside, withIntermediateDirectories: true)
            func move(_ name: String) throws {
                let target = "\(outside)/moved"
                try files.moveItem(atPath: name, toPath: target)
                try files.createSymbolicLink(atPath: name, withDestinationPath: target)
            }
            switch self {
            case .linkedShard: try move(archive.file("objects/ab"))
            case .linkedStaging: try move(archive.file("staging"))
            case .linkedManifest: try move(archive.file("manifest.sqlite"))
            case .linkedJournal: try move(archive.file("audit/open.jsonl"))
            case .linkedLock: try move(archive.file("lock"))
            case .linkedKey: try move("\(archive.state)/key")
            case .pipe:
                try files.removeItem(atPath: archive.file("lock"))
                mkfifo(archive.file("lock"), 0o600)
            case .folder:
                try files.removeItem(atPath: archive.file("manifest.sqlite"))
                mkdir(archive.file("manifest.sqlite"), 0o700)
            case .secondName: link(archive.file("audit/open.jsonl"), "\(outside)/second")
            case .looseFolder: chmod(archive.file("objects/cd"), 0o770)
            case .looseRoot: chmod(archive.path, 0o777)
            case .looseFile: chmod(archive.file("manifest.sqlite"), 0o666)
            case .looseState: chmod(archive.state, 0o777)
            case .foreignFolder: chown(archive.file("audit"), 1, 1)
            case .foreignFile: chown(archive.file("larkive.json"), 1, 1)
            case .foreignState: chown(archive.state, 1, 1)
            }
        }

        var needsRoot: Bool { rawValue.hasPrefix("foreign") }

        /// The refused path, and what is wrong with it.
        var words: [String] {
            switch self {
            case .linkedShard: ["objects/ab", "symbolic link"]
            case .linkedStaging: ["staging", "symbolic link"]
            case .linkedManifest: ["manifest.sqlite", "symbolic link"]
            case .linkedJournal: ["open.jsonl", "symbolic link"]
            case .linkedLock: ["lock", "symbolic link"]
            case .linkedKey: ["key", "symbolic link"]
            case .pipe: ["lock", "kind"]
            case .folder: ["manifest.sqlite", "kind"]
            case .secondName: ["open.jsonl", "2 names"]
            case .looseFolder: ["objects/cd", "mode 770"]
            case .looseRoot: ["archive", "mode 777"]
            case .looseFile: ["manifest.sqlite", "mode 666"]
            case .looseState: ["state", "mode 777"]
            case .foreignFolder: ["audit", "user id 1"]
            case .foreignFile: ["larkive.json", "user id 1"]
            case .foreignState: ["state", "user id 1"]
            }
        }
    }

    @Test(arguments: Plant.allCases)
    func `what is planted in an archive ends a run by name`(plant: Plant) async throws {
        guard !plant.needsRoot || getuid() == 0 else { return }
        let archive = try await TestArchive.make()
        try plant.apply(to: archive)
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        let kinds: [VaultError.Kind] = [.refused, .keyMissing, .notOwner]
        #expect(failure.map { kinds.contains($0.kind) } == true, "\(String(describing: failure))")
        for words in plant.words {
            #expect(failure?.detail.contains(words) == true, "\(failure?.detail ?? "nothing")")
        }
        #expect(failure?.hint != nil)
    }

    /// An object in place of which something else stands: the bytes that came are put there.
    @Test(arguments: ["link", "pipe", "loose", "twice"])
    func `what stands in the place of an object is put aside`(kind: String) async throws {
        let archive = try await TestArchive.make()
        let vault = try await archive.open()
        let staged = try await StoreTests.stage("abc", in: vault)
        let path = archive.file("objects/ba/\(staged.digest.hex)")
        let outside = archive.beside("outside")
        try Data("abc".utf8).write(to: URL(filePath: outside))
        switch kind {
        case "link": symlink(outside, path)
        case "pipe": mkfifo(path, 0o600)
        case "twice": link(outside, path)
        default:
            try Data("abc".utf8).write(to: URL(filePath: path))
            chmod(path, 0o666)
        }
        let published = try await vault.objects.publish([staged])
        #expect(published.replaced.map(\.digest) == [staged.digest])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect(attributes[.posixPermissions] as? Int == 0o400)
        #expect(attributes[.referenceCount] as? Int == 1)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
    }

    @Test func `a mount inside of an archive is refused`() async throws {
        guard getuid() == 0 else { return }
        let archive = try await TestArchive.make()
        let child = try Child(
            "/usr/bin/mount",
            ["-t", "tmpfs", "tmpfs", archive.file("quarantine")]
        )
        try #require(child.wait().code == 0)
        defer { umount2(archive.file("quarantine"), 2) }
        let failure = await #expect(throws: VaultError.self) { _ = try await archive.open() }
        #expect(failure?.kind == .refused)
        #expect(failure?.detail.contains("quarantine") == true)
        #expect(failure?.detail.contains("another file system") == true)
    }

    @Test func `a path of several names is no name`() async throws {
        let archive = try await TestArchive.make()
        let root = try Directory.open(archive.path)
        for name in ["objects/ab", "..", ".", "", "/etc"] {
            let failure = #expect(throws: DiskError.self) { _ = try root.directory(name) }
            #expect(failure?.errno == EINVAL)
        }
        #expect(try root.names().contains("objects"))
    }

    @Test(arguments: [
        (Int64(0x6969), FileSystemKind.Verdict.network("NFS")), (0xFF53_4D42, .network("SMB")),
        (0x0102_1997, .network("9p")), (0x00C3_6400, .network("Ceph")),
        (0x0BD0_0BD0, .network("Lustre")), (0x5346_414F, .network("AFS")),
        (0x6573_5546, .userSpace), (0x0102_1994, .volatile), (0xEF53, .good), (0x5846_5342, .good),
    ])
    func `file systems are told apart`(number: Int64, verdict: FileSystemKind.Verdict) throws {
        let kind = FileSystemKind(number: number)
        #expect(kind.verdict == verdict)
        var rules = VaultRules()
        let isRefused: Bool
        switch verdict {
        case .good, .volatile: isRefused = false
        case .network, .userSpace: isRefused = true
        }
        let failure: VaultError?
        do throws(VaultError) {
            try kind.check("/a", rules)
            failure = nil
        } catch { failure = error }
        #expect((failure?.kind == .refused) == isRefused)
        rules.allowsFUSE = true
        if verdict == .userSpace { try kind.check("/a", rules) }
    }
}
