internal import FoundationEssentials
package import LarkiveCore

/// The directory that `restore` writes to: nothing is ever written outside, nothing is replaced.
package struct RestoreFolder {
    private let directory: Directory

    package enum Outcome: Equatable, Sendable {
        case written
        /// The same bytes were there already.
        case present
    }

    /// Opens the folder, after making it where it is missing.
    package init(at path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            directory = try Directory.open(path)
        } catch let failure as DiskError {
            throw VaultError(.notWritable, failure.description)
        } catch {
            throw VaultError(.notWritable, "\(path) cannot be made")
        }
    }

    /// Copies an object under a name that ``SafeName`` made.
    ///
    /// The file appears when all its bytes have been compared with their digest, not before.
    package func write(
        _ digest: ContentDigest,
        as name: String,
        expecting size: Int64?,
        from vault: ReadingVault
    ) throws -> Outcome {
        do {
            if try isThere(digest, as: name) { return .present }
            let fresh = try FreshFile(in: directory)
            try vault.read(digest) { try fresh.file.write($0) }
            try fresh.file.setMode(0o600)
            try fresh.file.sync()
            guard try fresh.link(in: directory, as: name) else {
                throw VaultError(.exists, "\(directory.path(name)) appeared meanwhile")
            }
            try directory.sync()
        } catch let failure as DiskError { throw told(failure, wanted: size) }
        return .written
    }

    /// With the figures, where room is wanting.
    private func told(_ failure: DiskError, wanted: Int64?) -> VaultError {
        guard failure.isSpace, let space = try? directory.space() else {
            return VaultError(failure)
        }
        let figures = "\(directory.path): \(space.available) bytes free"
        return VaultError(
            .noSpace,
            "\(failure); \(figures)" + (wanted.map { ", \($0) wanted" } ?? "")
        )
    }

    private func isThere(_ digest: ContentDigest, as name: String) throws -> Bool {
        let found: File
        do {
            found = try directory.file(name, .reading)
        } catch {
            guard error.isMissing else { throw error }
            return false
        }
        guard try DiskObjectStore.digest(of: found) == digest else {
            throw VaultError(
                .exists,
                "\(directory.path(name)) is there with other bytes",
                hint: "restore to another folder, or move that file away"
            )
        }
        return true
    }

    /// Adds to `names.tsv` which original name was written as what.
    package func list(_ names: [(original: String, written: String)]) throws {
        let former = String(decoding: try directory.contents("names.tsv") ?? [], as: UTF8.self)
        var lines = former.split(separator: "\n").map(String.init)
        for (original, written) in names {
            let line = "\(Self.cell(original))\t\(Self.cell(written))"
            if !lines.contains(line) { lines.append(line) }
        }
        try directory.replace("names.tsv", with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private static func cell(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar == "\\"
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}
