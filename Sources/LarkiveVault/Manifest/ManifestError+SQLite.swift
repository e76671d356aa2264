internal import GRDB
internal import LarkiveCore

extension ManifestError {
    init(_ error: any Error) {
        switch error {
        case let failure as ManifestError: self = failure
        case let failure as ApplyError:
            self.init(.other, "record \(failure.seq): \(failure.detail)")
        case let failure as DatabaseError: self.init(failure)
        default: self.init(.other, "manifest.sqlite: \(error)")
        }
    }

    /// Only SQLite's own word for damage is damage, and rows that a record clashes with: a disk that
    /// cannot be read says nothing of what is on it, and neither does a statement that does not fit.
    private init(_ failure: DatabaseError) {
        let kind: Kind =
            switch failure.resultCode {
            case .SQLITE_READONLY where failure.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
                .hotJournal
            case .SQLITE_FULL: .noSpace
            case .SQLITE_BUSY: .inUse
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR,
                .SQLITE_NOMEM, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
                .notWritable
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_CONSTRAINT: .damaged
            default: .other
            }
        let words = failure.message ?? failure.resultCode.description
        let advice = Self.advice(failure.extendedResultCode).map { "; \($0)" } ?? ""
        self.init(
            kind,
            "manifest.sqlite: \(words) (SQLite code \(failure.extendedResultCode.rawValue))\(advice)"
        )
    }

    /// SQLite keeps the errno to itself; what it was doing tells enough to look further.
    private static func advice(_ code: ResultCode) -> String? {
        switch code {
        case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ: "the disk could not read it: see dmesg"
        case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_TRUNCATE:
            "the disk failed, or a quota or a limit of file sizes is used up: see dmesg, quota, ulimit -f"
        case _ where code.primaryResultCode == .SQLITE_CONSTRAINT:
            "its rows are not what the log says"
        case _ where code.primaryResultCode == .SQLITE_IOERR: "the disk failed: see dmesg"
        case _ where code.primaryResultCode == .SQLITE_CANTOPEN:
            "see its permissions, those of its folder, the limit of open files, and whether there are inodes (df -i)"
        case .SQLITE_FULL:
            "make room in the archive's file system: df, df -i; the next run goes on where this one ended"
        case _ where code.primaryResultCode == .SQLITE_BUSY:
            "somebody keeps it open within a transaction, like a run that stands still in a commit (its "
                + "process is named in the file lock) or a `sqlite3` shell: let it go on, or end it"
        default: nil
        }
    }
}
