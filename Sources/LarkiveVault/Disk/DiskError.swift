internal import LarkiveCore
internal import SystemPackage

/// A system call on the archive that failed, or something there that is not used.
package struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
    package let call: String
    package let path: String
    package let errno: Int32
    /// Set where the call went well, and what it found is refused.
    package var refusal: Refusal?

    package init(call: String, path: String, errno: Int32, refusal: Refusal? = nil) {
        self.call = call
        self.path = path
        self.errno = errno
        self.refusal = refusal
    }

    package var description: String {
        if let refusal { return "\(path) \(refusal.words)" }
        let words = "\(call) \(path): \(Errno(rawValue: errno))"
        return words + (advice.map { "; \($0)" } ?? "")
    }

    /// What to do, where the words of the system leave it open.
    private var advice: String? {
        switch Errno(rawValue: errno) {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "raise the limit of open files"
        case .diskQuotaExceeded: "the quota of the archive's owner is used up"
        case .fileTooLarge: "the limit of file sizes (ulimit -f) is too small"
        case .readOnlyFileSystem: "after an error of the disk systems do this: see dmesg"
        case .ioError: "the disk failed: see dmesg"
        default: nil
        }
    }

    var isMissing: Bool { refusal == nil && errno == Errno.noSuchFileOrDirectory.rawValue }
    var exists: Bool { refusal == nil && errno == Errno.fileExists.rawValue }
    var isBusy: Bool { refusal == nil && errno == Errno.wouldBlock.rawValue }
    var isForbidden: Bool {
        refusal == nil
            && [Errno.permissionDenied, .notPermitted].map(\.rawValue).contains(errno)
    }

    /// The file system or the kernel has no such thing.
    var isUnsupported: Bool {
        [
            Errno.notSupportedOnSocket, .notSupported, .invalidArgument, .noFunction, .isDirectory,
        ].map(\.rawValue).contains(errno)
    }

    /// What one file system could do it cannot do from another.
    var isBetweenFileSystems: Bool {
        refusal == nil
            && [Errno.improperLink, .inappropriateIOCTLForDevice].map(\.rawValue).contains(errno)
    }

    /// No room: the disk is full, the quota is used up, or the file would be too large.
    var isSpace: Bool {
        [Errno.noSpace, .diskQuotaExceeded, .fileTooLarge].map(\.rawValue).contains(errno)
    }

    var isNotWritable: Bool {
        isForbidden || (refusal == nil && errno == Errno.readOnlyFileSystem.rawValue)
    }

    var asStoreError: StoreError {
        StoreError(isSpace ? .noSpace : isNotWritable ? .notWritable : .io, description)
    }

    var asAuditError: AuditError {
        if let refusal { return AuditError(.refused(hint: refusal.hint), description) }
        return AuditError(isSpace ? .noSpace : .notWritable, description)
    }

    /// What is not used of STATE is as good as lost.
    var asStateError: AuditError {
        guard let refusal else { return asAuditError }
        return AuditError(.keyMissing, "\(description); \(refusal.hint)")
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
