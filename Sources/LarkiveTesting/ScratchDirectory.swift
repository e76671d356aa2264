internal import FoundationEssentials
package import Testing

/// Gives a test a directory of its own and removes it afterwards.
package struct ScratchDirectory: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    @TaskLocal package static var path: String = ""

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let name = "larkive-test-\(UUID().uuidString)"
        let path = FileManager.default.temporaryDirectory.path + "/" + name
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Self.$path.withValue(path) { try await body() }
    }
}

extension Trait where Self == ScratchDirectory {
    package static var scratchDirectory: Self { Self() }
}
