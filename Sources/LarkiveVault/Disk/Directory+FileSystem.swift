internal import CLinux

/// What holds for the whole file system that a directory is on.
extension Directory {
    /// Makes everything on its file system durable.
    func syncFileSystem() throws(DiskError) {
        try checked(lk_syncfs(descriptor), "syncfs", path)
    }

    /// Whether no file can be made any more, however much room there is.
    func isOutOfInodes() throws(DiskError) -> Bool {
        var (available, total) = (UInt64(0), UInt64(0))
        try checked(lk_inodes(descriptor, &available, &total), "statvfs", path)
        return total > 0 && available == 0
    }

    func fileSystem() throws(DiskError) -> FileSystemKind {
        FileSystemKind(number: try checked(lk_filesystem(descriptor), "statfs", path))
    }

    /// Free bytes, and all bytes, of the file system.
    func space() throws(DiskError) -> (available: Int64, total: Int64) {
        var (available, total) = (UInt64(0), UInt64(0))
        try checked(lk_space(descriptor, &available, &total), "statvfs", path)
        return (Int64(clamping: available), Int64(clamping: total))
    }
}
