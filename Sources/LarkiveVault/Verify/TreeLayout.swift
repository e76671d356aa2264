internal import CLinux
internal import LarkiveCore

/// What lies in `audit/tlog`, told from what does not belong there.
struct TreeLayout {
    private enum Kind { case folder, file }

    private(set) var folders: [(path: String, folder: Directory)] = []
    private(set) var files: [(path: String, name: String, folder: Directory)] = []
    private(set) var extra: [String] = []

    /// What cannot be read, or is of another kind where a note or a key should be, is told by who
    /// reads these.
    init(_ tlog: Directory) { look(through: tlog, []) }

    private mutating func look(through folder: Directory, _ path: [String]) {
        for name in (try? folder.names()) ?? [] {
            let inner = path + [name]
            let text = inner.joined(separator: "/")
            switch Self.kind(inner) {
            case nil: extra.append(text)
            case .file?:
                files.append((text, name, folder))
                if path.first == "tile", Self.isStrange(name, in: folder) { extra.append(text) }
            case .folder?:
                guard let next = try? folder.directory(name) else { continue }
                folders.append((text, next))
                look(through: next, inner)
            }
        }
    }

    private static func isStrange(_ name: String, in folder: Directory) -> Bool {
        ((try? folder.look(at: name)) ?? nil).map { $0.regular == 0 } ?? false
    }

    /// Nil for what is none of the log's; `.new` and `.new-` are of a writer that has not finished.
    private static func kind(_ path: [String]) -> Kind? {
        let name = path.last ?? ""
        switch (path.first, path.count) {
        case ("checkpoint", 1), ("checkpoint.new", 1): return .file
        case ("checkpoints", 1), ("keys", 1), ("tile", 1): return .folder
        case ("checkpoints", 2): return isNumber(name, 4) ? .folder : nil
        case ("checkpoints", 3):
            return NoteName(name) != nil || name.hasPrefix(".new-") ? .file : nil
        case ("keys", 2): return name.hasSuffix(".vkey") || name.hasPrefix(".new-") ? .file : nil
        case ("tile", 2): return isNumber(name, 1) && name < "8" ? .folder : nil
        case ("tile", 3...): return kindOfTile(name, isPartial: path.dropLast().last ?? "")
        default: return nil
        }
    }

    private static func kindOfTile(_ name: String, isPartial folder: String) -> Kind? {
        let plain = name.hasSuffix(".new") ? String(name.dropLast(4)) : name
        if folder.hasSuffix(".p") {
            return (1...3).contains { isNumber(plain, $0) } ? .file : nil
        }
        if isNumber(plain, 3) { return .file }
        let isFolder =
            name.hasSuffix(".p") && isNumber(String(name.dropLast(2)), 3)
            || name.hasPrefix("x") && isNumber(String(name.dropFirst()), 3)
        return isFolder ? .folder : nil
    }

    private static func isNumber(_ text: String, _ digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension Tile {
    /// What a path below `tlog` says, as in `tile/1/x001/003.p/17`; nil for what is none of a tile.
    static func parsed(_ path: String) -> (tile: Tile, width: Int)? {
        var parts = path.split(separator: "/")[...]
        guard parts.popFirst() == "tile", let level = parts.popFirst().flatMap({ Int($0) })
        else { return nil }
        var width = fullWidth
        if parts.dropLast().last?.hasSuffix(".p") == true {
            guard let part = parts.popLast().flatMap({ Int($0) }) else { return nil }
            width = part
        }
        var index: Int64 = 0
        for part in parts {
            let digits = part.drop { $0 == "x" }.prefix { $0 != "." }
            guard let number = Int64(digits), !part.hasSuffix(".new") else { return nil }
            index = index * 1_000 + number
        }
        return (Tile(level: level, index: index), width)
    }
}

extension AuditCheck {
    /// Names what does not belong beside tiles, notes and keys, which `verify` does of an archive.
    package mutating func checkNames() {
        guard let tlog = try? audit.directory("tlog") else { return }
        for path in TreeLayout(tlog).extra {
            findings.append(Finding(.fileExtra, "tlog/\(path)", "not a part of an archive"))
        }
    }
}
