import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What each port promises, of the one in memory that other tests use and of the real one.
@Suite(.scratchDirectory) struct ContractTests {
    enum Kind: Sendable, CaseIterable { case memory, disk }

    struct Ports {
        let store: any ObjectStore
        let audit: any AuditLog
        let manifest: any Manifest
        /// Keeps the lock.
        let vault: Vault?

        init(_ kind: Kind) async throws {
            switch kind {
            case .memory:
                let memory = RecordedVault()
                (store, audit, manifest, vault) = (memory, memory, memory, nil)
            case .disk:
                let opened = try await TestArchive.make().open()
                (store, audit, manifest) = (opened.objects, opened.journal, opened.manifest)
                vault = opened
            }
        }

        func stage(_ count: Int) async throws -> Staged {
            let scratch = try await store.open(expecting: Int64(count))
            try await scratch.append([UInt8](repeating: 7, count: count))
            return try await scratch.finish()
        }
    }

    private static let step = AuditEvent(.clockStepped, ["back_ms": 1])

    @Test(arguments: Kind.allCases)
    func `a scratch counts, forgets what it is told to, and knows equal bytes`(
        kind: Kind
    ) async throws {
        let ports = try await Ports(kind)
        let scratch = try await ports.store.open(expecting: nil)
        try await scratch.append([1, 2])
        try await scratch.restart()
        try await scratch.restart()
        for byte in [UInt8](repeating: 7, count: 3) { try await scratch.append([byte]) }
        let staged = try await scratch.finish()
        #expect(staged.size == 3)
        #expect(try await ports.stage(3).digest == staged.digest)
        #expect(try await ports.stage(4).digest != staged.digest)
        await scratch.discard()
        await scratch.discard()
    }

    @Test(arguments: Kind.allCases)
    func `an object is added once`(kind: Kind) async throws {
        let ports = try await Ports(kind)
        #expect(try await ports.store.publish([]) == Published(added: []))
        let group = [try await ports.stage(3), try await ports.stage(5), try await ports.stage(3)]
        let first = try await ports.store.publish(group)
        #expect(first == Published(added: Set(group.map(\.digest))))
        let second = try await ports.store.publish([try await ports.stage(5)])
        #expect(second == Published(added: []))
    }

    @Test(arguments: Kind.allCases)
    func `the log gives places without gaps, in the order given`(kind: Kind) async throws {
        let ports = try await Ports(kind)
        let first = try await ports.audit.append([Self.step, AuditEvent(.runRecovered)])
        try await ports.audit.seal()
        try await ports.audit.seal()
        let second = try await ports.audit.append([Self.step])
        let start = try #require(first.first?.seq)
        #expect((first + second).map(\.seq) == [start, start + 1, start + 2])
        #expect(first.map(\.event.type) == [.clockStepped, .runRecovered])
        #expect(try await ports.audit.append([]).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `the manifest passes over what it has, and refuses a gap`(kind: Kind) async throws {
        let ports = try await Ports(kind)
        let one = try await ports.audit.append([Self.step])
        let two = try await ports.audit.append([Self.step])
        let three = try await ports.audit.append([Self.step])
        try ports.manifest.apply(one)
        try ports.manifest.apply(one + two)
        try ports.manifest.apply(one)
        let four = try await ports.audit.append([Self.step])
        let failure = #expect(throws: ManifestError.self) { try ports.manifest.apply(four) }
        #expect(failure?.kind == .other)
        try ports.manifest.apply(three + four)
    }

    @Test(arguments: Kind.allCases)
    func `rehearsing changes nothing`(kind: Kind) async throws {
        let ports = try await Ports(kind)
        let source = AuditEvent(.sourceAdded, ["source": 1], hidden: ["name": "mail:a@x"])
        try ports.manifest.rehearse([source])
        try ports.manifest.rehearse([source])
        #expect(try ports.manifest.numbers().sources.isEmpty)
        try ports.manifest.apply(try await ports.audit.append([source]))
    }
}
