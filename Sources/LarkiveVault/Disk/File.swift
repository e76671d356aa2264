internal import CLinux
internal import LarkiveCore
internal import SystemPackage

/// An open file; closed when it is no longer used.
final class File: Sendable {
    let descriptor: Int32
    /// For messages only; unnamed files have a made-up one.
    let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    // What counts was synced before; an error of what does not is nobody's.
    deinit { _ = lk_close(descriptor) }

    /// Writes all of it at the file's position, or at its end when opened so.
    func write(_ bytes: some Collection<UInt8>) throws(DiskError) {
        var rest = ArraySlice(bytes)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { lk_write(descriptor, $0.baseAddress, $0.count) }
            if count == -Int64(Errno.interrupted.rawValue) { continue }
            rest = rest.dropFirst(Int(try checked(count, "write", path)))
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let place = filled
            let got = bytes.withUnsafeMutableBytes {
                lk_pread(
                    descriptor,
                    $0.baseAddress?.advanced(by: place),
                    count - place,
                    offset + Int64(place)
                )
            }
            if got == -Int64(Errno.interrupted.rawValue) { continue }
            let more = Int(try checked(got, "read", path))
            if more == 0 { break }
            filled += more
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    func size() throws(DiskError) -> Int64 { try stat().size }

    func mode() throws(DiskError) -> UInt32 { try stat().mode }

    func readAll() throws(DiskError) -> [UInt8] {
        try read(at: 0, count: Int(try stat().size))
    }

    func stat() throws(DiskError) -> lk_stat {
        var found = lk_stat()
        try checked(lk_stat_fd(descriptor, &found), "stat", path)
        return found
    }

    /// Keeps room for so many bytes, where the file system can.
    func allocate(_ size: Int64) throws(DiskError) {
        do {
            try checked(lk_allocate(descriptor, size), "fallocate", path)
        } catch let failure where failure.isUnsupported {}
    }

    func truncate(to size: Int64) throws(DiskError) {
        try checked(lk_truncate(descriptor, size), "truncate", path)
    }

    func setMode(_ mode: UInt32) throws(DiskError) {
        try checked(lk_chmod(descriptor, mode), "chmod", path)
    }

    /// When it was changed last, as far as anybody is told.
    func setTime(_ time: Timestamp) throws(DiskError) {
        let (seconds, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let isBefore = rest < 0
        try checked(
            lk_set_time(
                descriptor,
                isBefore ? seconds - 1 : seconds,
                (isBefore ? rest + 1_000 : rest) * 1_000_000
            ),
            "utimensat",
            path
        )
    }

    /// Takes on all bytes of another file without copying; false where the file system cannot.
    func clone(_ other: File) throws(DiskError) -> Bool {
        do {
            try checked(lk_clone(descriptor, other.descriptor), "clone", path)
            return true
        } catch let failure where failure.isUnsupported || failure.isBetweenFileSystems {
            return false
        }
    }

    /// Copies a piece within the kernel; 0 at the end, nil where the file systems cannot.
    func copy(_ other: File, at offset: Int64, count: Int) throws(DiskError) -> Int64? {
        while true {
            let got = lk_copy_range(other.descriptor, offset, descriptor, offset, count)
            if got == -Int64(Errno.interrupted.rawValue) { continue }
            do {
                return try checked(got, "copy", path)
            } catch let failure where failure.isUnsupported || failure.isBetweenFileSystems {
                return nil
            }
        }
    }

    /// Makes bytes and size durable.
    ///
    /// After an error the file must be abandoned, never synced again.
    func sync() throws(DiskError) {
        try checked(lk_fsync(descriptor), "fsync", path)
    }

    /// Makes bytes and size durable, but not its times.
    func syncData() throws(DiskError) {
        try checked(lk_fdatasync(descriptor), "fdatasync", path)
    }

    func unlock() { _ = lk_unlock(descriptor) }

    /// Takes the lock of the whole file; false when another process has it.
    func tryLock() throws(DiskError) -> Bool {
        do {
            try checked(lk_lock(descriptor), "flock", path)
            return true
        } catch let failure where failure.isBusy {
            return false
        }
    }
}
