internal import CLinux
internal import FoundationEssentials
internal import LarkiveCore

/// What is known of a log from outside its folder.
package struct Witnesses: Sendable {
    package enum Seen: Sendable {
        /// Nothing is known of a STATE: a copy is looked at.
        case none
        /// There is a STATE, and it has lost the newest note.
        case lost
        /// There is a STATE, and it cannot be read.
        case unreadable(String)
        case note(String)
    }

    /// The private half of the key, as a reader finds it.
    enum Key: Sendable {
        /// Nobody looked, or may look, or a change of keys is under way.
        case unknown
        case missing
        case unusable(String)
        case key(SigningKey)
    }

    package var seen = Seen.none
    var key = Key.unknown
    /// The key in STATE, where it has signed what STATE has seen of this archive.
    ///
    /// Whoever may change the archive cannot change STATE: it is believed whatever keys are left
    /// in the archive.
    private(set) var own: VerifierKey?
    private var state: String?
    /// Notes that were kept elsewhere, with their names.
    package var notes: [(name: String, text: String)] = []
    /// Keys that were kept elsewhere; when there are any, those of the folder are not trusted.
    package var keys: [VerifierKey] = []
    /// Folders of `audit.copies`, which archives may share.
    package var copies: [String] = []
    /// The archive's id; without it every note in a folder of copies is taken for one of its.
    var archive: String?
    /// Whether a run is going on; nil when nobody can know.
    package var isRunning: (@Sendable () -> Bool)?

    package init() {}

    /// What STATE has seen of an archive.
    package static func state(_ path: String, of archive: String?) -> Witnesses {
        var witnesses = Witnesses()
        do {
            witnesses.seen = try SeenNote.look(in: path).map(Seen.note) ?? .lost
        } catch { witnesses.seen = .unreadable("\(error)") }
        witnesses.key = key(in: path)
        witnesses.own = archive.flatMap { SeenNote.signer(in: path, of: $0) }
        witnesses.state = path
        witnesses.archive = archive
        return witnesses
    }

    private static func key(in path: String) -> Key {
        do {
            let folder = try Directory.open(path)
            let mode = try folder.stat().mode
            if mode & 0o022 != 0 { return .unusable("STATE \(Refusal.loose(mode).words)") }
            guard try folder.look(at: KeyFile.next) == nil else { return .unknown }
            return try KeyFile.read(KeyFile.name, in: folder).map(Key.key) ?? .missing
        } catch let failure as VaultError {
            return .unusable(failure.detail)
        } catch let failure as DiskError where failure.isMissing {
            return .missing
        } catch let failure as DiskError where failure.refusal != nil {
            return .unusable("\(failure)")
        } catch { return .unknown }
    }

    /// Whether a restart has changed something and has to be run again.
    var hasOpenRestart: Bool {
        guard let folder = state.flatMap({ try? Directory.open($0) }) else { return false }
        return ((try? RestartMark.open(in: folder)) ?? nil) != nil
    }
}
