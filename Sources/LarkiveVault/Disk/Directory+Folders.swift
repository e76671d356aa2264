internal import CLinux
internal import SystemPackage

extension Directory {
    /// Opens it, after making it where it is missing; durable only when its file system is synced.
    func made(_ name: String) throws(DiskError) -> Directory {
        do {
            try checked(lk_mkdir(descriptor, name), "mkdir", path(name))
        } catch let failure where failure.exists {}
        return try directory(name)
    }

    /// Removes everything in it but one name; links are removed, not followed.
    func empty(keeping kept: String? = nil) throws(DiskError) {
        for name in try names() where name != kept {
            do {
                try remove(name)
            } catch {
                guard error.isFolder, let inner = try? directory(name) else { throw error }
                try inner.empty()
                try removeFolder(name)
            }
        }
    }

    /// A name that nothing has: this one, or with a number behind it.
    func freeName(_ stem: String) throws(DiskError) -> String {
        var (name, count) = (stem, 0)
        while try look(at: name) != nil {
            count += 1
            name = "\(stem).\(count)"
        }
        return name
    }

    func removeFolder(_ name: String) throws(DiskError) {
        try checked(lk_rmdir(descriptor, name), "rmdir", path(name))
    }
}

extension DiskError {
    /// Linux says EISDIR where POSIX wants EPERM; some file systems say the latter.
    fileprivate var isFolder: Bool {
        [.isDirectory, .notPermitted].contains(Errno(rawValue: errno))
    }
}
