internal import Glibc
internal import Synchronization

/// A program that a test runs, through posix_spawn.
///
/// Foundation's `Process.run` reads beyond the end of a buffer while it looks for open files, and
/// now and then takes the test process with it.
package final class Child: Sendable {
    private static let unnamed: Int32 = 0o20_200_000 | O_RDWR | O_CLOEXEC

    package struct Ended: Sendable {
        /// The exit code, or the number of the signal that ended it.
        package let code: Int32
        package let output: [UInt8]
        package let errors: [UInt8]
    }

    package enum Failure: Error { case cannotStart(String, Int32) }

    package let id: Int32
    private let output: Int32
    private let errors: Int32
    private let status = Mutex<Int32?>(nil)

    /// Starts a program; what it writes goes to unnamed files.
    package init(
        _ path: String,
        _ arguments: [String],
        environment: [String] = ["PATH=/usr/bin:/bin"]
    ) throws {
        output = open("/tmp", Self.unnamed, 0o600)
        errors = open("/tmp", Self.unnamed, 0o600)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var settings = (environment + Self.sanitizing).map { strdup($0) } + [nil]
        defer { for word in words + settings { free(word) } }
        var child: Int32 = 0
        let failure = posix_spawn(&child, path, &actions, &attributes, &words, &settings)
        guard failure == 0 else { throw Failure.cannotStart(path, failure) }
        id = child
    }

    /// What a sanitizer was told for the tests holds for the programs that they start as well.
    private static var sanitizing: [String] {
        let names: [String] = ["TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"]
        return names.compactMap { name in
            guard let value = getenv(name) else { return nil }
            return "\(name)=\(String(cString: value))"
        }
    }

    deinit {
        close(output)
        close(errors)
    }

    package func send(_ signal: Int32) { kill(id, signal) }

    /// Whether it has ended; looks once and does not wait.
    package var hasEnded: Bool { reap(WNOHANG) }

    /// Waits on the calling thread for its end.
    package func wait() -> Ended {
        while !reap(0) {}
        let raw = status.withLock { $0 } ?? 0
        let signal = raw & 0x7F
        return Ended(
            code: signal == 0 ? (raw >> 8) & 0xFF : signal,
            output: Self.read(output),
            errors: Self.read(errors)
        )
    }

    private func reap(_ options: Int32) -> Bool {
        status.withLock { status in
            guard status == nil else { return true }
            var found: Int32 = 0
            guard waitpid(id, &found, options) == id else { return false }
            status = found
            return true
        }
    }

    private static func read(_ file: Int32) -> [UInt8] {
        let size = Int(lseek(file, 0, SEEK_END))
        guard size > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = pread(file, &bytes, size, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
