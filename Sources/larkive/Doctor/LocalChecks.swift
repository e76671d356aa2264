import CLinux
import FoundationEssentials
import LarkiveCore
import LarkiveVault

/// What `doctor` can tell without the platform; reads only, takes no lock.
struct LocalChecks {
    /// Below this there is room for a run that brings little, and for no more.
    static let scarce: Int64 = 1 << 30

    let world: World

    var all: [Check] {
        [.ok("config", world.configPath, "understood"), secret] + archive
            + [writable, space, running, sandbox].compactMap { $0 } + copies
    }

    private var path: String { world.config.archive }

    private var secret: Check {
        let variable = "LARKIVE_APP_SECRET"
        let isInEnvironment = world.environment[variable]?.isEmpty == false
        let file = isInEnvironment ? nil : world.config.feishu.appSecretFile
        let subject = file ?? variable
        do {
            _ = try Trust.secret(world.config, environment: world.environment)
            return .ok("secret", subject, "nobody else can read it")
        } catch { return Check("secret", subject, failing: error) }
    }

    private var archive: [Check] {
        do {
            let identity = try ReadingVault.identity(at: path)
            let words = "archive \(identity.id), made \(identity.created.date)"
            let key = key(identity)
            let log = key.status == .ok ? log(identity) : nil
            return [owner(words), inside, brand(identity), key, log].compactMap { $0 }
        } catch { return [Check("archive", path, failing: error)] }
    }

    private func owner(_ words: String) -> Check {
        guard let found = Self.stat(path) else {
            return .fail("archive", path, "cannot be looked at", hint: nil, .usage)
        }
        guard found.owner == lk_owner() else {
            return .fail(
                "archive",
                path,
                "it belongs to user id \(found.owner)",
                hint: "run larkive as the owner: sudo -u '#\(found.owner)' larkive ...",
                .usage
            )
        }
        guard found.mode & 0o077 == 0 else {
            return .warn(
                "archive",
                path,
                "others can look into it",
                hint: "chmod 700 \(path)"
            )
        }
        return .ok("archive", path, words)
    }

    /// What a run would refuse, or nobody should rely on; nil where all is well.
    private var inside: Check? {
        guard Self.stat(path)?.owner == lk_owner() else { return nil }
        do {
            try Vault.look(at: path, rules: world.rules)
            guard try Vault.isVolatile(at: path) else { return nil }
            let words = "it is in memory (tmpfs): gone when the machine stops"
            return .warn("archive", path, words, hint: "put it on a disk")
        } catch { return Check("archive", path, failing: error) }
    }

    private var sandbox: Check {
        guard let abi = Sandbox.abi else {
            let words = "not available (Landlock): runs could write anywhere that the user can"
            return .warn("sandbox", "kernel", words, hint: "Linux 5.19 or newer has it")
        }
        return .ok("sandbox", "kernel", "Landlock, ABI \(abi)")
    }

    /// Nil where they agree, and before the first run.
    private func brand(_ identity: ArchiveIdentity) -> Check? {
        guard let brand = identity.brand, brand != world.config.brand else { return nil }
        return .fail(
            "archive",
            path,
            "it belongs to \(brand), the config names \(world.config.brand)",
            hint: "use another archive for another platform, or mend feishu.base_url",
            .usage
        )
    }

    private func key(_ identity: ArchiveIdentity) -> Check {
        let file = "\(world.state(of: identity.id))/key"
        guard let found = Self.stat(file) else {
            return .fail(
                "key",
                file,
                "the signing key is missing",
                hint: "check `state:` in the config, or restore STATE",
                .key
            )
        }
        guard found.mode & 0o077 == 0 else {
            return .fail("key", file, "can be read by others", hint: "chmod 600 \(file)", .key)
        }
        guard found.owner == lk_owner() else {
            return .fail("key", file, "belongs to user id \(found.owner)", hint: nil, .key)
        }
        return .ok("key", file, "nobody else can read it")
    }

    /// Nil where it was not looked at, since a folder is missing that a run makes again.
    private func log(_ identity: ArchiveIdentity) -> Check? {
        do {
            guard try Vault.lookAtLog(of: path, state: world.state(of: identity.id)) else {
                return nil
            }
        } catch {
            return .fail("log", path, error.detail, hint: error.hint, error.kind.exitCode)
        }
        return .ok("log", path, "goes on from what STATE has seen")
    }

    /// Nil where there is nothing to say; a disk that failed is made read-only by the system.
    private var writable: Check? {
        guard Self.stat(path) != nil, lk_may_write(path) < 0 else { return nil }
        return .fail(
            "archive",
            path,
            "nothing can be written to it",
            hint: "see whether it is mounted read-only, and why: mount, dmesg",
            .space
        )
    }

    /// Folders for copies of notes; a run goes on without them.
    private var copies: [Check] {
        world.config.auditCopies.map { folder in
            let isFolder = lk_open_path(folder)
            if isFolder >= 0 { _ = lk_close(isFolder) }
            guard isFolder >= 0, lk_may_write(folder) == 0 else {
                let words = isFolder < 0 ? "is not a folder" : "cannot be written to"
                return .warn("copies", folder, words, hint: "make it, or mend audit.copies")
            }
            return .ok("copies", folder, "can be written to")
        }
    }

    /// Nil where there is no archive.
    private var space: Check? {
        let descriptor = lk_open_path(path)
        guard descriptor >= 0 else { return nil }
        defer { _ = lk_close(descriptor) }
        var (available, total) = (UInt64(0), UInt64(0))
        guard lk_space(descriptor, &available, &total) == 0 else { return nil }
        let free = Int64(clamping: available)
        let words = "\(Figures.bytes(free)) free"
        guard free > Self.reserve(of: Int64(clamping: total)) else {
            let hint = "make room on the archive's file system"
            return .fail(
                "space",
                path,
                "\(words), less than is kept for the log",
                hint: hint,
                .space
            )
        }
        guard free >= Self.scarce else {
            return .warn("space", path, words, hint: "make room before the first large run")
        }
        return .ok("space", path, words)
    }

    /// What the store leaves free: 1 %, at least 4 and at most 64 MiB.
    private static func reserve(of total: Int64) -> Int64 {
        min(max(total / 100, 4 << 20), 64 << 20)
    }

    /// The lock is not tried, since trying takes it for a moment: its text names the last holder.
    private var running: Check? {
        guard let data = FileManager.default.contents(atPath: "\(path)/lock") else { return nil }
        let text = String(decoding: data, as: UTF8.self).filter { $0 != "\n" }
        let words = text.split(separator: " ").map(String.init)
        guard let place = words.firstIndex(of: "pid"), place + 1 < words.count,
            let name = FileManager.default.contents(
                atPath: "/proc/\(words[place + 1].filter(\.isNumber))/comm"
            ), String(decoding: name, as: UTF8.self).hasPrefix("larkive")
        else { return nil }
        return .ok("lock", path, "a run is going on: \(text)")
    }

    private static func stat(_ path: String) -> lk_stat? {
        var found = lk_stat()
        return lk_stat_path(path, &found) == 0 ? found : nil
    }
}
