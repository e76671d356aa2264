extension Directory {
    /// Writes a small file so that after a crash either the former or the new one is there, whole.
    ///
    /// Dying before the rename leaves `name.new`, which the next call writes over.
    func replace(_ name: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(DiskError) {
        let fresh = "\(name).new"
        if try contents(fresh) != nil { try remove(fresh) }
        let file = try file(fresh, .creating, mode: mode)
        try file.write(bytes)
        try file.sync()
        try move(fresh, to: self, as: name)
        try sync()
    }

    /// Writes a small file that must not change any more; equal content is no error.
    ///
    /// Returns false when the name is taken by other bytes.
    func createOnce(_ name: String, with bytes: [UInt8]) throws(DiskError) -> Bool {
        let fresh = try FreshFile(in: self)
        try fresh.file.write(bytes)
        try fresh.file.sync()
        let isNew = try fresh.link(in: self, as: name)
        try sync()
        if isNew { return true }
        return try contents(name) == bytes
    }
}
