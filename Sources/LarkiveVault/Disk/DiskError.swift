internal import LarkiveCore
internal import SystemPackage

/// A system call on the archive that failed.
package struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
    package let call: String
    package let path: String
    package let errno: Int32

    package var description: String { "\(call) \(path): \(Errno(rawValue: errno))" }

    var isMissing: Bool { errno == Errno.noSuchFileOrDirectory.rawValue }
    var exists: Bool { errno == Errno.fileExists.rawValue }
    var isBusy: Bool { errno == Errno.wouldBlock.rawValue }

    /// No room: the disk is full, the quota is used up, or the file would be too large.
    var isSpace: Bool {
        [Errno.noSpace, .diskQuotaExceeded, .fileTooLarge].map(\.rawValue).contains(errno)
    }

    var isNotWritable: Bool {
        [Errno.readOnlyFileSystem, .permissionDenied, .notPermitted].map(\.rawValue)
            .contains(errno)
    }

    var asStoreError: StoreError {
        StoreError(isSpace ? .noSpace : isNotWritable ? .notWritable : .io, description)
    }

    var asAuditError: AuditError {
        AuditError(isSpace ? .noSpace : .notWritable, description)
    }
}

extension StoreError {
    /// Keeps a store's own error, and says what another one means for the store.
    init(_ error: any Error) {
        switch error {
        case let failure as StoreError: self = failure
        case let failure as DiskError: self = failure.asStoreError
        default: self.init(.io, "\(error)")
        }
    }
}

extension AuditError {
    /// Keeps the log's own error, and says what another one means for the log.
    init(_ error: any Error) {
        switch error {
        case let failure as AuditError: self = failure
        case let failure as DiskError: self = failure.asAuditError
        default: self.init(.damaged, "\(error)")
        }
    }
}

/// Turns a shim's `-errno` into an error.
@discardableResult
func checked<Value: BinaryInteger>(
    _ result: Value,
    _ call: String,
    _ path: String
) throws(DiskError) -> Value {
    guard result >= 0 else {
        throw DiskError(call: call, path: path, errno: Int32(-Int64(result)))
    }
    return result
}
