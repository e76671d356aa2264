internal import CLinux
internal import LarkiveCore
internal import SystemPackage

/// Opens the manifest for looking, and names what is wrong when it cannot be.
///
/// "Cannot be read" is never "is damaged": the former is told with the system's own words.
struct ManifestLook {
    let root: Directory

    enum Answer {
        case opened(SQLiteManifest)
        case refused(Finding)
    }

    private static let name = SQLiteManifest.fileName

    func open() -> Answer {
        do {
            if let finding = try checkFile() { return .refused(finding) }
        } catch {
            return .refused(Finding(.manifestNotRead, Self.name, "cannot be read: \(error)"))
        }
        do {
            return .opened(try HotJournal(root: root).reader())
        } catch let failure as DiskError {
            return .refused(Finding(.manifestNotRead, Self.name, "cannot be read: \(failure)"))
        } catch let failure as VaultError {
            return .refused(Finding(.manifestNotRead, Self.name, failure.detail))
        } catch { return .refused(Self.finding(ManifestError(error))) }
    }

    /// Throws what a run would be refused with for the file's first bytes.
    func refuseDamaged() throws {
        guard let finding = try checkFile() else { return }
        let isNewer = finding.code == .manifestNewer
        throw VaultError(
            isNewer ? .newerFormat : .damaged,
            "\(finding.subject): \(finding.detail)",
            hint: isNewer
                ? "use the larkive that has written it, or a newer one"
                : "make it again from the log: larkive rebuild"
        )
    }

    static func finding(_ error: ManifestError) -> Finding {
        switch error.kind {
        case .newerFormat: Finding(.manifestNewer, name, error.detail)
        case .damaged: Finding(.manifestUnreadable, name, error.detail)
        case .noSpace, .notWritable, .inUse, .hotJournal, .other:
            Finding(.manifestNotRead, name, "cannot be read: \(error.detail)")
        }
    }

    /// Looks at the first bytes, before SQLite does.
    private func checkFile() throws(DiskError) -> Finding? {
        let file: File
        do {
            file = try root.file(Self.name, .reading)
        } catch {
            switch Errno(rawValue: error.errno) {
            case .noSuchFileOrDirectory:
                return Finding(.manifestMissing, Self.name, "there is no such file")
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice:
                return Finding(.manifestUnreadable, Self.name, "no plain file")
            default: throw error
            }
        }
        guard try file.stat().regular != 0 else {
            return Finding(.manifestUnreadable, Self.name, "no plain file")
        }
        let header = try file.read(at: 0, count: 100)
        let magic = Array("SQLite format 3".utf8) + [0]
        guard header.count == 100, Array(header.prefix(16)) == magic else {
            return Finding(.manifestUnreadable, Self.name, "not a file of SQLite")
        }
        guard Self.number(header, at: 68) == UInt32(bitPattern: Schema.applicationID) else {
            return Finding(.manifestForeign, Self.name, "a file of SQLite, but not of larkive")
        }
        let version = Self.number(header, at: 60)
        guard version > UInt32(Schema.version) else { return nil }
        return Finding(
            .manifestNewer,
            Self.name,
            "it has format \(version), known is \(Schema.version)"
        )
    }

    private static func number(_ bytes: [UInt8], at place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
