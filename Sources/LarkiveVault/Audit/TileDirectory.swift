internal import LarkiveCore

/// Tiles as files: `tile/<level>/<index>` and, for the newest partial one, `<index>.p/<width>`.
///
/// Source: C2SP tlog-tiles. A tile is its hashes one after the other, 32 bytes each.
struct TileDirectory: TileStore {
    /// `audit/tlog`.
    let directory: Directory

    func read(_ tile: Tile, width: Int) throws(AuditError) -> [TreeHash] {
        do {
            if let hashes = try look(at: tile, width: width) { return hashes }
        } catch { throw error.asAuditError }
        throw AuditError(.damaged, "tile \(tile.path) is missing or has another length")
    }

    /// Nil where it is missing or has another length, which is not the same as one that cannot be read.
    func look(at tile: Tile, width: Int) throws(DiskError) -> [TreeHash]? {
        var found = try bytes(of: tile, width: width)
        // A wider one may have taken the place of the one that was listed.
        for _ in 0..<3 where found == nil { found = try bytes(of: tile, width: width) }
        return found.flatMap { Self.hashes($0.bytes, $0.width) }.map { Array($0.prefix(width)) }
    }

    /// The full tile when it is there, else the narrowest partial one that is wide enough.
    private func bytes(
        of tile: Tile,
        width: Int
    ) throws(DiskError) -> (bytes: [UInt8], width: Int)? {
        let (folders, name) = tile.place
        guard let folder = try find(folders) else { return nil }
        if let full = try folder.contents(name) { return (full, Tile.fullWidth) }
        guard let partial = try find(folders + ["\(name).p"]) else { return nil }
        let widths = try partial.names().compactMap { Int($0) }.filter { $0 >= width }
        guard let wide = widths.min() else { return nil }
        return try partial.contents(String(wide)).map { ($0, wide) }
    }

    /// How many hashes any file of this tile has; 0 when there is none.
    func widest(_ tile: Tile) -> Int {
        let (folders, name) = tile.place
        guard let folder = try? find(folders) else { return 0 }
        if (try? folder.contents(name)).flatMap({ $0 }) != nil { return Tile.fullWidth }
        let partial = try? find(folders + ["\(name).p"])?.names()
        return (partial ?? []).compactMap { Int($0) }.max() ?? 0
    }

    private static func hashes(_ bytes: [UInt8], _ width: Int) -> [TreeHash]? {
        guard bytes.count == width * TreeHash.byteCount else { return nil }
        return (0..<width).compactMap {
            TreeHash(bytes: bytes[($0 * TreeHash.byteCount)..<(($0 + 1) * TreeHash.byteCount)])
        }
    }

    // A crash after this leaves tiles that are wider than the signed tree: the same leaves, so the
    // next run writes the same hashes over them.
    func write(_ tile: Tile, _ hashes: [TreeHash]) throws(AuditError) {
        do {
            let (folders, name) = tile.place
            let bytes = hashes.flatMap(\.bytes)
            guard hashes.count < Tile.fullWidth else {
                return try make(folders).replace(name, with: bytes, mode: 0o400)
            }
            let partial = try make(folders + ["\(name).p"])
            try partial.replace(String(hashes.count), with: bytes, mode: 0o400)
        } catch {
            throw error.asAuditError
        }
    }

    /// Removes partial tiles that wider ones have made needless since the tree had `former` leaves.
    ///
    /// To be called when the note over `size` leaves is durable.
    func prune(from former: Int64, to size: Int64) throws(AuditError) {
        for level in 0..<8 where size >> (Int64(level) * Tile.height) > 0 {
            let shift = Int64(level) * Tile.height
            let (last, width) = (size >> shift).quotientAndRemainder(
                dividingBy: Int64(Tile.fullWidth)
            )
            for index in (former >> shift) / Int64(Tile.fullWidth)...last {
                let tile = Tile(level: level, index: index)
                try prune(tile, keeping: index == last ? Int(width) : Tile.fullWidth)
            }
        }
    }

    private func prune(_ tile: Tile, keeping width: Int) throws(AuditError) {
        do {
            let (folders, name) = tile.place
            guard let partial = try find(folders + ["\(name).p"]) else { return }
            for name in try partial.names() {
                if let found = Int(name), found < width { try partial.remove(name) }
            }
        } catch {
            throw error.asAuditError
        }
    }

    private func find(_ folders: [String]) throws(DiskError) -> Directory? {
        do {
            var folder = directory
            for name in folders { folder = try folder.directory(name) }
            return folder
        } catch let failure where failure.isMissing {
            return nil
        }
    }

    private func make(_ folders: [String]) throws(DiskError) -> Directory {
        var folder = directory
        for name in folders { folder = try folder.makeDirectory(name) }
        return folder
    }
}

extension Tile {
    /// Folders below `tlog` and the file's name: three digits a step, all but the last with an `x`.
    var place: (folders: [String], name: String) {
        var groups = [(index % 1_000).padded(3)]
        var rest = index / 1_000
        while rest > 0 {
            groups.insert("x" + (rest % 1_000).padded(3), at: 0)
            rest /= 1_000
        }
        return (["tile", String(level)] + groups.dropLast(), groups.last ?? "000")
    }

    var path: String { (place.folders + [place.name]).joined(separator: "/") }
}
