import CLinux
import Dispatch
import Glibc

/// What has to be in order before anything else is done.
enum Start {
    /// Puts /dev/null where a standard stream is closed: a file of the archive must not become one.
    ///
    /// It is opened the wrong way round, so that output that is lost is still an error.
    static func openStandardStreams() {
        for (stream, flags) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDWR),
        ]
        where fcntl(stream, F_GETFD) == -1 {
            // Takes the lowest free number, which is this one: those below are open.
            _ = lk_open_null(flags)
        }
    }

    /// Tokens and the signing key are in the memory: no core, no look into it.
    static func keepMemoryClosed() {
        // Where it is forbidden it has been done by somebody else, and no run should fail of it.
        _ = lk_no_core()
    }

    /// Runs a body on threads of its own; the first thread serves what needs it.
    static func run(_ body: @escaping @Sendable () async -> Never) -> Never {
        Task { await body() }
        dispatchMain()
    }
}
