import ArgumentParser
import LarkiveCore

/// A length of time as people write it: `90s`, `30m`, `2h`, `7d`.
struct TimeSpan: ExpressibleByArgument, Hashable, Sendable {
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }),
            let count = Int64(argument.dropLast()), count > 0,
            case let (seconds, hasOverflown) = count.multipliedReportingOverflow(by: unit),
            !hasOverflown, seconds <= 366 * 86_400
        else { return nil }
        self.seconds = seconds
    }

    static var allValueStrings: [String] { [] }
}

/// A number of bytes as people write it: `500`, `64K`, `10G`; powers of 1,024.
struct ByteCount: ExpressibleByArgument, Hashable, Sendable {
    let bytes: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = argument.uppercased().last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard let count = Int64(digits), count > 0,
            case let (bytes, hasOverflown) = count.multipliedReportingOverflow(by: unit ?? 1),
            !hasOverflown
        else { return nil }
        self.bytes = bytes
    }

    static var allValueStrings: [String] { [] }
}

/// How far one run goes.
struct LimitOptions: ParsableArguments {
    @Option(
        help: "End the run cleanly after this time, like 90s, 30m or 2h; the next one goes on."
    )
    var maxDuration: TimeSpan?
    @Option(help: "Begin no download after so many bytes, like 500M or 10G.")
    var maxBytes: ByteCount?
    @Option(help: "End the run cleanly after so many failed items.")
    var maxErrors: Int64?

    func validate() throws {
        if let maxErrors, maxErrors < 1 {
            throw ValidationError("--max-errors must be 1 or more")
        }
    }

    func limits(from now: Timestamp) -> RunLimits {
        RunLimits(
            deadline: maxDuration.map { now.advanced(bySeconds: $0.seconds) },
            bytes: maxBytes?.bytes,
            errors: maxErrors
        )
    }
}
