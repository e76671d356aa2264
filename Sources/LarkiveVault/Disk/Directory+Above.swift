extension Directory {
    /// Makes the name of a folder, and those of the folders above it, durable.
    ///
    /// A folder above that cannot be opened or synced was there before: nobody makes names in it.
    static func keepName(of path: String) {
        var rest = Substring(path)
        while let end = rest.lastIndex(of: "/"), rest.count > 1 {
            rest = rest[..<end]
            guard let folder = try? Directory.open(rest.isEmpty ? "/" : String(rest)) else {
                return
            }
            try? folder.sync()
        }
    }
}
