import FoundationEssentials

/// The folder that everything is made in: archive, STATE, config, lookups.
struct Place: Sendable {
    let folder: String

    var archive: String { "\(folder)/archive" }
    var state: String { "\(folder)/state" }
    var config: String { "\(folder)/larkive.yaml" }

    static func make(at path: String) throws -> Place {
        let current = FileManager.default.currentDirectoryPath
        let place = Place(folder: path.hasPrefix("/") ? path : "\(current)/\(path)")
        try FileManager.default.createDirectory(
            atPath: place.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try place.write(place.configText, as: "larkive.yaml")
        return place
    }

    private var configText: String {
        """
        archive: \(archive)
        state: \(state)
        feishu:
          base_url: http://127.0.0.1:9
          app_id: cli_benchmark
        mail:
          mailboxes: []

        """
    }

    func write(_ text: String, as name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
    }

    /// What the parts of the archive take on the disk.
    var sizes: [String] {
        ["manifest.sqlite", "audit", "objects"].map { name in
            let label = name + String(repeating: " ", count: 17 - name.count)
            return "\(label)\(Self.bytes(below: "\(archive)/\(name)") >> 20) MiB"
        }
    }

    private static func bytes(below path: String) -> UInt64 {
        let files = FileManager.default
        // What cannot be looked at counts nothing: the figures are for people.
        guard let found = try? files.attributesOfItem(atPath: path) else { return 0 }
        guard found[.type] as? FileAttributeType == .typeDirectory else {
            return found[.size] as? UInt64 ?? UInt64(found[.size] as? Int ?? 0)
        }
        let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
        return names.map { bytes(below: "\(path)/\($0)") }.reduce(0, +)
    }
}
