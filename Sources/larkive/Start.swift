import CLinux
import Dispatch
import Glibc
import LarkiveCore

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

    /// More than any run opens.
    static let wantedFiles: UInt64 = 1_024
    /// What a run may have open, and some to spare.
    ///
    /// A group of files that wait and the folders of their objects (64 each), downloads, and the
    /// rest of the program. With far fewer not even the network starts.
    static let neededFiles: UInt64 = 256

    /// Raises the soft limit of open files, as far as the hard one allows.
    static func allowOpenFiles() throws(UsageError) {
        var (now, most): (UInt64, UInt64) = (0, 0)
        guard lk_open_limit(&now, &most) == 0, now < wantedFiles else { return }
        let raised = min(wantedFiles, most)
        if raised > now, lk_set_open_limit(raised, most) == 0 { now = raised }
        guard now < neededFiles else { return }
        throw UsageError(
            "only \(now) files may be open at once; \(neededFiles) are needed",
            hint: "raise the limit of open files (ulimit -n, LimitNOFILE=)",
            exitCode: .space
        )
    }

    /// What a run takes beside its threads, and some to spare.
    private static let neededMemory: UInt64 = 96 << 20
    /// Each thread sets so much apart for its stack.
    private static let stack: UInt64 = 8 << 20

    /// Refuses where too little memory may be had: what waits for a thread then would wait for ever.
    static func refuseLittleMemory() throws(UsageError) {
        let threads = 3 * UInt64(lk_cores()) + 4
        let (left, needed) = (lk_memory_left(), neededMemory + threads * stack)
        guard left < needed else { return }
        throw UsageError(
            "only \(left >> 20) MiB of memory may be had; \(needed >> 20) MiB are needed",
            hint: "raise the limit of memory (ulimit -v, ulimit -d, LimitAS=, LimitDATA=)",
            exitCode: .space
        )
    }

    /// Tokens and the signing key are in the memory: no core, no look into it.
    static func keepMemoryClosed() {
        // Where it is forbidden it has been done by somebody else, and no run should fail of it.
        _ = lk_no_core()
    }

    /// A lookup lives for some hundredths of a second; a tenth of it went into growing heaps by pages.
    static func growMemoryInLargeSteps() { lk_one_heap() }

    /// Runs a body on threads of its own; the first thread serves what needs it.
    static func run(_ body: sending @escaping () async -> Never) -> Never {
        Task { await body() }
        dispatchMain()
    }
}
