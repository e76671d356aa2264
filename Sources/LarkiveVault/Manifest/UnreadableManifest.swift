internal import LarkiveCore

extension ManifestError {
    /// What cannot be read is not damaged: SQLite says "malformed" of a schema that it could not read.
    init(_ error: any Error, at path: String) {
        let found = ManifestError(error)
        guard found.kind == .damaged, let failure = Self.failureToRead(path) else {
            self = found
            return
        }
        self.init(.notWritable, failure.description)
    }

    // Closing the file gives up SQLite's locks on it; nothing is written to a damaged manifest.
    private static func failureToRead(_ path: String) -> DiskError? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        do {
            let name = String(path[path.index(after: slash)...])
            _ = try Directory.open(String(path[..<slash])).file(name, .reading).read(
                at: 0,
                count: 4096
            )
            return nil
        } catch { return error.isMissing ? nil : error }
    }
}
