internal import LarkiveCore

/// Puts a whole manifest from `staging/` in the place of the former one.
///
/// No file ever has two names, and a former manifest that is to be kept is in `quarantine/` from the
/// same moment on at which the new one is in its place.
struct ManifestSwap {
    private static let name = SQLiteManifest.fileName

    let layout: Layout
    let fresh: String
    let now: Timestamp

    private var root: Directory { layout.root }

    func run(keepingFormer: Bool) throws {
        let isHot = try journalSize() ?? 0 > 0
        if isHot {
            try setAsideWithJournal()
        } else if try journalSize() != nil {
            // An empty journal says nothing, with this manifest or that.
            try root.remove(HotJournal.name)
        }
        guard keepingFormer, try root.look(at: Self.name) != nil else {
            // Dying before or after this leaves the former manifest or the new one, both whole.
            try layout.staging.move(fresh, to: root, as: Self.name)
            return try root.sync()
        }
        try exchange()
    }

    private func journalSize() throws -> Int64? {
        guard try root.look(at: HotJournal.name) != nil else { return nil }
        return try root.file(HotJournal.name, .reading).size()
    }

    /// A journal that could not be taken back belongs to a manifest that is damaged, and would be
    /// played into the new one: both go, the manifest first, for without its journal it would look
    /// as if it were whole.
    ///
    /// Dying between leaves no manifest; a run says so and does nothing, and this is done again.
    private func setAsideWithJournal() throws {
        for name in [Self.name, HotJournal.name] where try root.look(at: name) != nil {
            try root.move(name, to: layout.quarantine, as: try free(name))
            try layout.quarantine.sync()
            try root.sync()
        }
    }

    private func exchange() throws {
        let kept = try free(Self.name)
        try layout.staging.move(fresh, to: layout.quarantine, as: kept)
        // Dying here leaves the former manifest as it was, and one that is not needed in quarantine.
        try layout.quarantine.sync()
        do {
            try root.exchange(Self.name, with: layout.quarantine, kept)
        } catch let failure where failure.isUnsupported {
            try root.move(Self.name, to: layout.quarantine, as: try free(Self.name))
            // Dying here leaves none, which a run says; the former one is kept.
            try layout.quarantine.move(kept, to: root, as: Self.name)
        }
        // Dying from here on leaves all in its place.
        try layout.quarantine.sync()
        try root.sync()
    }

    /// A name that is free in quarantine and tells when this was done.
    private func free(_ name: String) throws -> String {
        let taken = Set(try layout.quarantine.names())
        var (time, free) = (now.milliseconds, "")
        repeat {
            free = "\(name).\(time)"
            time += 1
        } while taken.contains(free)
        return free
    }
}
