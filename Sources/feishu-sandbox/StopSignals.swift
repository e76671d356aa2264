import Dispatch
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// TERM and INT, as an end to wait for.
struct StopSignals {
    private let arrivals: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (arrivals, sink) = AsyncStream<Int32>.makeStream()
        self.arrivals = arrivals
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { sink.yield(number) }
            source.resume()
            return source
        }
    }

    /// Returns when the first of them arrives.
    func first() async {
        for await _ in arrivals { break }
        sources.forEach { $0.cancel() }
    }
}

enum StandardOutput {
    /// Writes a line at once, also into a pipe.
    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
