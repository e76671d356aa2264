internal import FoundationEssentials
package import LarkiveCore

/// The directory that `restore` writes to: nothing is ever written outside, nothing is replaced.
package struct RestoreFolder {
    package static let list = "names.tsv"

    private let directory: Directory
    private let recipient: Recipient

    package enum Outcome: Equatable, Sendable {
        case written
        /// The same bytes were there already.
        case present
    }

    /// One file to be given back.
    package struct Order: Sendable {
        let digest: ContentDigest
        let folders: [String]
        let name: String
        let size: Int64?
        let time: Timestamp?

        /// `path` is of safe names, folders first; `time` is what the platform says of the file.
        package init(
            _ digest: ContentDigest,
            at path: [String],
            size: Int64?,
            time: Timestamp?
        ) {
            self.digest = digest
            folders = Array(path.dropLast())
            name = path.last ?? ""
            self.size = size
            self.time = time
        }
    }

    /// Opens the folder, after making it where it is missing.
    ///
    /// Throws where nothing could be written into it.
    package init(at path: String, for recipient: Recipient = .oneself) throws {
        self.recipient = recipient
        do {
            directory = try recipient.act { () throws in
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
                let found = try Directory.open(path)
                _ = try FreshFile(in: found)
                return found
            }
        } catch let failure as DiskError {
            throw VaultError(
                failure.isSpace ? .noSpace : .notWritable,
                failure.isMissing || failure.refusal != nil
                    ? failure.description : "\(path) cannot be written: \(failure)",
                hint: "name another folder with --to"
            )
        } catch { throw VaultError(unmade: path, error) }
    }

    /// Copies an object under names that ``SafeName`` made.
    ///
    /// The file appears when all its bytes have been compared with their digest, not before.
    package func write(_ order: Order, from vault: ReadingVault) throws -> Outcome {
        // With one's own rights: the recipient has none in the archive.
        let copy = ObjectCopy(digest: order.digest, source: try vault.object(order.digest))
        do {
            return try recipient.act { () throws in try write(order, copy) }
        } catch let failure as DiskError { throw told(failure, wanted: order.size) }
    }

    private func write(_ order: Order, _ copy: ObjectCopy) throws -> Outcome {
        let folder = try order.folders.reduce(directory) { try $0.makeDirectory($1) }
        if try isThere(order, in: folder) { return .present }
        let fresh = try FreshFile(in: folder)
        try copy.run(into: fresh.file)
        try fresh.file.setMode(0o600)
        if let time = order.time { try fresh.file.setTime(time) }
        // Before the name: a name over bytes that a crash has lost would stop the next restore.
        try fresh.file.sync()
        if try fresh.link(in: folder, as: order.name) { return .written }
        if try isThere(order, in: folder) { return .present }
        throw VaultError(.exists, "\(folder.path(order.name)) appeared meanwhile, and is gone")
    }

    private func isThere(_ order: Order, in folder: Directory) throws -> Bool {
        let found: File
        do {
            found = try folder.file(order.name, .reading)
        } catch let failure {
            guard failure.isMissing else { throw failure }
            return false
        }
        guard try DiskObjectStore.digest(of: found) == order.digest else {
            throw VaultError(
                .exists,
                "\(folder.path(order.name)) is there with other bytes",
                hint: "restore to another folder, or move that file away"
            )
        }
        return true
    }

    /// No link is followed, and nothing is written over.
    private static func inTheWay(_ failure: DiskError) -> VaultError {
        VaultError(
            .refused,
            failure.description,
            hint: "restore to another folder, or move it away"
        )
    }

    /// With the figures, where room is wanting.
    private func told(_ failure: DiskError, wanted: Int64?) -> VaultError {
        if failure.refusal != nil { return Self.inTheWay(failure) }
        guard failure.isSpace, let space = try? directory.space() else {
            return VaultError(failure)
        }
        let figures = "\(directory.path): \(space.available) bytes free"
        return VaultError(
            .noSpace,
            "\(failure); \(figures)" + (wanted.map { ", \($0) wanted" } ?? "")
        )
    }

    /// Adds to `names.tsv` which original name was written as what, and makes all names durable.
    ///
    /// What stands there already stays, byte for byte. What a terminal would obey is written out, so
    /// that the list can be looked at with `cat`.
    package func list(_ names: [(original: String, written: [String])]) throws {
        guard !names.isEmpty else { return }
        do {
            try recipient.act { () throws in
                let former = try directory.contents(Self.list) ?? []
                let text = former + Self.lines(names, missingFrom: former)
                if text != former { try replaceList(with: text) }
                try directory.sync()
            }
        } catch let failure as DiskError { throw told(failure, wanted: nil) }
    }

    private func replaceList(with text: [UInt8]) throws(DiskError) {
        let fresh = try FreshFile(in: directory, .named)
        try fresh.file.write(text)
        try fresh.file.setMode(0o600)
        try fresh.file.sync()
        try fresh.replace(in: directory, as: Self.list)
    }

    private static func lines(
        _ names: [(original: String, written: [String])],
        missingFrom former: [UInt8]
    ) -> [UInt8] {
        let feed = UInt8(ascii: "\n")
        var known = Set(former.split(separator: feed).map { Array($0) })
        var more: [UInt8] = former.last.map { $0 == feed } ?? true ? [] : [feed]
        for (original, written) in names {
            let path = written.map(\.shownReversibly).joined(separator: "/")
            let line = Array("\(original.shownReversibly)\t\(path)".utf8)
            if known.insert(line).inserted { more += line + [feed] }
        }
        return more == [feed] ? [] : more
    }
}
