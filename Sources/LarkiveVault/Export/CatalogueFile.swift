internal import FoundationEssentials

/// A catalogue that is written to a file: it appears when it is whole, and replaces nothing.
package final class CatalogueFile {
    private let folder: Directory
    private let name: String
    private let fresh: FreshFile
    private var waiting: [UInt8] = []

    /// Throws when the name is taken, or the file's folder cannot be written.
    package init(at path: String) throws {
        let slash = path.lastIndex(of: "/")
        let above = slash.map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        do {
            folder = try Directory.open(above)
        } catch {
            throw VaultError(
                .notWritable,
                "\(path) cannot be made: \(error)",
                hint: "name a file in a folder that is there"
            )
        }
        do {
            guard !name.isEmpty, try folder.look(at: name) == nil else {
                throw Self.taken(path)
            }
            fresh = try FreshFile(in: folder)
        } catch { throw VaultError(error) }
    }

    private static func taken(_ path: String) -> VaultError {
        VaultError(.exists, "\(path) is there already", hint: "name another file")
    }

    package func write(_ text: String) throws {
        waiting += Array(text.utf8)
        if waiting.count >= 1 << 16 { try flush() }
    }

    private func flush() throws {
        do {
            try fresh.file.write(waiting)
            waiting.removeAll(keepingCapacity: true)
        } catch { throw VaultError(error) }
    }

    package func end() throws {
        try flush()
        do {
            try fresh.file.setMode(0o600)
            try fresh.file.sync()
            guard try fresh.link(in: folder, as: name) else {
                throw Self.taken(folder.path(name))
            }
            try folder.sync()
        } catch { throw VaultError(error) }
    }
}
