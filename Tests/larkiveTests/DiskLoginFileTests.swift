import Foundation
import LarkiveFeishu
import LarkiveTesting
import Synchronization
import Testing

@testable import larkive

@Suite(.scratchDirectory) struct DiskLoginFileTests {
    private var path: String { "\(ScratchDirectory.path)/state/user_token.json" }
    private static let old = Array(repeating: UInt8(ascii: "o"), count: 3_000)
    private static let new = Array(repeating: UInt8(ascii: "n"), count: 2_000)

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `it is for its owner alone`() throws {
        let file = DiskLoginFile(path)
        #expect(try file.read() == nil)
        try file.reserve(10_000)
        try file.replace(with: Self.old)
        #expect(try file.read() == Self.old)
        #expect(try mode(path) == 0o600)
        #expect(try mode("\(ScratchDirectory.path)/state") == 0o700)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: "\(ScratchDirectory.path)/state"
        )
        #expect(names == ["user_token.json"])
    }

    /// A character is not a byte: the folder is what stands before the name.
    @Test(arguments: ["令牌.json", "jeton\u{301}.json", "🗝️"])
    func `it may have any name`(name: String) throws {
        let path = "\(ScratchDirectory.path)/state/\(name)"
        try DiskLoginFile(path).replace(with: Self.old)
        #expect(try DiskLoginFile(path).read() == Self.old)
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: ScratchDirectory.path) == ["state"]
        )
    }

    @Test(arguments: [0o640, 0o604, 0o666])
    func `one that others may read is refused with the chmod`(bits: Int) throws {
        let file = DiskLoginFile(path)
        try file.replace(with: Self.old)
        try FileManager.default.setAttributes([.posixPermissions: bits], ofItemAtPath: path)
        let error = #expect(throws: LoginFileError.self) { _ = try file.read() }
        #expect(error?.kind == .untrusted)
        #expect(error?.hint == "chmod 600 \(path)")
    }

    @Test func `a folder that others may write to is refused`() throws {
        let file = DiskLoginFile(path)
        try file.replace(with: Self.old)
        let folder = "\(ScratchDirectory.path)/state"
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        let error = #expect(throws: LoginFileError.self) { _ = try file.read() }
        #expect(error?.kind == .untrusted)
    }

    @Test func `a link in its place is not followed`() throws {
        let file = DiskLoginFile(path)
        try file.replace(with: Self.old)
        let elsewhere = "\(ScratchDirectory.path)/elsewhere"
        try FileManager.default.moveItem(atPath: path, toPath: elsewhere)
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: elsewhere
        )
        #expect(throws: LoginFileError.self) { _ = try file.read() }
    }

    @Test func `one process at a time has the lock`() throws {
        let (one, other) = (DiskLoginFile(path), DiskLoginFile(path))
        let lock = try #require(try one.tryLock())
        #expect(try other.tryLock() == nil)
        lock.release()
        #expect(try other.tryLock() != nil)
    }

    /// The world ends at a step: nothing after it happens any more.
    @Test(arguments: DiskLoginFile.Step.allCases)
    func `a crash at any step leaves the old file or the new one`(
        end: DiskLoginFile.Step
    ) throws {
        try DiskLoginFile(path).replace(with: Self.old)
        let isOver = Mutex(false)
        let dying = DiskLoginFile(path) { step throws(LoginFileError) in
            let dead = isOver.withLock { isOver in
                isOver = isOver || step == end
                return isOver
            }
            if dead { throw LoginFileError(.io, "the world has ended") }
        }
        do {
            try dying.reserve(16_384)
            try dying.replace(with: Self.new)
        } catch {}
        let left = try #require(try DiskLoginFile(path).read())
        let isRenamed = end == .syncFolder || end == .discard
        let whole = isRenamed ? Self.new : Self.old
        #expect(left.count == whole.count && Set(left) == Set(whole))
        let after = DiskLoginFile(path)
        #expect(try after.tryLock() != nil)
        try after.reserve(16_384)
        try after.replace(with: Self.new)
        #expect(try after.read() == Self.new)
    }

    @Test func `a write that failed leaves nothing behind and can be repeated`() throws {
        let failures = Mutex(1)
        let file = DiskLoginFile(path) { step throws(LoginFileError) in
            let fails =
                step == .sync
                && failures.withLock { left in
                    defer { left -= 1 }
                    return left > 0
                }
            if fails { throw LoginFileError(.io, "no sync") }
        }
        #expect(throws: LoginFileError.self) { try file.replace(with: Self.old) }
        #expect(try file.read() == nil)
        try file.replace(with: Self.new)
        #expect(try file.read() == Self.new)
    }
}
