import LarkiveCore
import LarkiveVault
import SystemPackage

/// The SHA-256 of a file of the operator's, whatever its size.
enum FileDigest {
    /// Nil when there is no such file; throws for what cannot be read as one.
    static func of(_ path: String) throws(UsageError) -> ContentDigest? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            defer { try? file.close() }
            return try digest(of: file)
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory, Errno.fileNameTooLong {
            return nil
        } catch { throw UsageError("\(path) cannot be read: \(error)") }
    }

    private static func digest(of file: FileDescriptor) throws -> ContentDigest {
        var (hasher, chunk) = (StreamDigest(), [UInt8](repeating: 0, count: 1 << 20))
        while case let count = try chunk.withUnsafeMutableBytes({ try file.read(into: $0) }),
            count > 0
        {
            hasher.append(count == chunk.count ? chunk : Array(chunk[..<count]))
        }
        return hasher.finish()
    }
}
