internal import LarkiveCore

extension AuditCheck {
    /// Segments come before their tiles: hashes of more records than are here tell of a cut tail.
    private mutating func checkWidths(of reading: LogReading, _ tiles: TileDirectory) {
        guard reading.chain.soundUntil == nil, witnesses.isRunning?() != true else { return }
        for row in reading.tree.rest where tiles.widest(row.tile) > row.hashes.count {
            let fault = LogFault(
                code: .tileWrong,
                subject: "tlog/\(row.tile.path)",
                detail: "it has hashes of more records than are here: the end was cut off",
                first: reading.sealed
            )
            hasWideTiles = true
            findings.append(fault.finding(on: reading.chain.timeline))
        }
    }

    /// No tile is of records, or of hashes over them, that the log does not have.
    private mutating func checkPlaces(of reading: LogReading, _ tlog: Directory) {
        guard reading.chain.soundUntil == nil, witnesses.isRunning?() != true else { return }
        let told = Set(reading.tree.rest.map(\.tile))
        let beyond = TreeLayout(tlog).files.map(\.path).filter { path in
            guard let (tile, width) = Tile.parsed(path), !told.contains(tile) else { return false }
            let last = tile.index * Int64(Tile.fullWidth) + Int64(width)
            return last > reading.sealed >> (Int64(tile.level) * Tile.height)
        }
        guard let first = beyond.first else { return }
        let more = beyond.count > 1 ? ", and \(beyond.count - 1) more" : ""
        let detail = "it speaks of records that are not here: move it away\(more)"
        findings.append(Finding(.tileWrong, "tlog/\(first)", detail))
        hasWideTiles = true
    }

    /// Tiles are promised for what is signed; a run that died may owe them for the rest.
    mutating func checkTiles(of reading: LogReading, signed: Int64) {
        guard let tlog = try? audit.directory("tlog") else { return }
        let tiles = TileDirectory(directory: tlog)
        checkWidths(of: reading, tiles)
        checkPlaces(of: reading, tlog)
        for row in reading.owed + reading.tree.rest {
            let shift = Int64(row.tile.level) * Tile.height
            let start = row.tile.index * Int64(Tile.fullWidth)
            let width = Int(min(max(0, (signed >> shift) - start), Int64(row.hashes.count)))
            guard width > 0, let words = fault(of: row, width, tiles) else { continue }
            let fault = LogFault(
                code: .tileWrong,
                subject: "tlog/\(row.tile.path)",
                detail: "\(words); they can be made again from the records: larkive repair",
                first: start << shift,
                last: (start + Int64(width)) << shift - 1
            )
            hasBrokenTiles = true
            findings.append(fault.finding(on: reading.chain.timeline))
        }
    }

    /// What is wrong with a tile; nil also where it cannot be read, which is told by itself.
    private mutating func fault(
        of row: GrowingTree.Row,
        _ width: Int,
        _ tiles: TileDirectory
    ) -> String? {
        do {
            let found = try tiles.look(at: row.tile, width: width)
            guard let found else { return "missing, or of another length" }
            return found == Array(row.hashes.prefix(width))
                ? nil : "its hashes are not those of the log"
        } catch {
            guard error.isUnreadable else { return "\(error)" }
            let detail = "cannot be read: \(error)"
            findings.append(Finding(.logUnread, "tlog/\(row.tile.path)", detail))
            return nil
        }
    }
}
