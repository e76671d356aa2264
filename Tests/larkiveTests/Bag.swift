import Foundation
import LarkiveCore
import LarkiveTesting

/// A bag as a stranger sees it.
struct Bag {
    let folder: String

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    func lines(_ name: String) throws -> [JSON] {
        try text(name).split(separator: "\n").map { try JSONReader.read(Array($0.utf8)) }
    }

    func digest(of path: String) -> String? { Lab.sha256("\(folder)/\(path)") }

    func tree() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    /// All that is said about the payload.
    func words() throws -> String {
        try tree().filter { !$0.hasPrefix("data/") }.compactMap { try? text($0) }.joined()
    }

    /// Both manifests name every file with its bytes, as `sha256sum` sees it.
    func isWhole() throws -> Bool {
        let names = Set(
            try (lines(of: "manifest-sha256.txt") + lines(of: "tagmanifest-sha256.txt")).map {
                String($0.dropFirst(66))
            }
        )
        let files = try tree().filter { name in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(
                atPath: "\(folder)/\(name)",
                isDirectory: &isFolder
            )
            return isThere && !isFolder.boolValue && name != "tagmanifest-sha256.txt"
        }
        // The commands that the bag tells its reader.
        let told = try text("HOW-TO-VERIFY.md").split(separator: "\n").first {
            $0.hasPrefix("sha256sum")
        }
        let check = "cd '\(folder)' && \(told ?? "false")"
        let ended = try Child("/bin/sh", ["-c", check]).wait()
        return ended.code == 0 && names == Set(files)
    }

    private func lines(of name: String) throws -> [Substring] {
        try text(name).split(separator: "\n")
    }
}

extension Lab {
    var bag: Bag { Bag(folder: "\(folder)/bag") }

    func export(_ words: String..., to name: String = "bag") -> [String] {
        ["export", "--format", "bagit", "--to", "\(folder)/\(name)"] + words
    }

    /// Turns a bit of an object over.
    func damage(_ digest: String) throws {
        let object = file("objects/\(digest.prefix(2))/\(digest)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: object)
        var bytes = try Data(contentsOf: URL(filePath: object))
        bytes[5] ^= 1
        try bytes.write(to: URL(filePath: object))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: object)
    }
}
