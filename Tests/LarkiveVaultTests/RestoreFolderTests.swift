import Foundation
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// Folders of people who wish no good.
@Suite(.scratchDirectory) struct RestoreFolderTests {
    private func folder(_ name: String = "out") throws -> String {
        let path = "\(ScratchDirectory.path)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test func `a list of names is never written through a link`() throws {
        let out = try folder()
        let victim = "\(ScratchDirectory.path)/victim"
        try Data("mine".utf8).write(to: URL(filePath: victim))
        try FileManager.default.createSymbolicLink(
            atPath: "\(out)/names.tsv",
            withDestinationPath: victim
        )
        #expect(throws: VaultError.self) {
            try RestoreFolder(at: out).list([(original: "a", written: ["a"])])
        }
        #expect(try Data(contentsOf: URL(filePath: victim)) == Data("mine".utf8))
    }

    @Test func `a list that is there keeps its lines, and nobody's files are in its way`() throws {
        let out = try folder()
        try Data("a\ta\nno end".utf8).write(to: URL(filePath: "\(out)/names.tsv"))
        try Data("mine".utf8).write(to: URL(filePath: "\(out)/names.tsv.new"))
        let restored = try RestoreFolder(at: out)
        try restored.list([(original: "a", written: ["a"]), ("x\ty\n", ["s", "x_y_"])])
        try restored.list([(original: "a", written: ["a"])])
        let text = try String(contentsOfFile: "\(out)/names.tsv", encoding: .utf8)
        #expect(text == "a\ta\nno end\nx\\u{9}y\\u{a}\ts/x_y_\n")
        #expect(try names(out) == ["names.tsv", "names.tsv.new"])
        let other = try String(contentsOfFile: "\(out)/names.tsv.new", encoding: .utf8)
        #expect(other == "mine")
    }

    @Test func `what cannot be written is told before anything is`() throws {
        let file = "\(ScratchDirectory.path)/file"
        try Data().write(to: URL(filePath: file))
        for path in [file, "\(file)/below"] {
            let failure = #expect(throws: VaultError.self) { try RestoreFolder(at: path) }
            #expect(failure?.kind == .notWritable)
            #expect(failure?.hint == "name another folder with --to")
        }
    }
}
