/// Words of `find` that begin with a dash, like `-v2`, are words: no option of its has one dash only.
///
/// They are put behind `--`, where the parser takes them for words; what begins with two dashes is an
/// option, so that a misspelt one is told.
enum DashedWords {
    private static let flags: Set = ["--json", "--versions", "--vanished", "--help"]

    static func last(_ arguments: [String]) -> [String] {
        guard arguments.first == "find" else { return arguments }
        let parts = arguments.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
        var (kept, dashed, former) = ([String](), [String](), "")
        for argument in parts[0] {
            let isValue = former.hasPrefix("--") && !former.contains("=") && !flags.contains(former)
            let isDashed = argument.hasPrefix("-") && !argument.hasPrefix("--") && argument != "-h"
            if isDashed, !isValue { dashed.append(argument) } else { kept.append(argument) }
            former = isValue ? "" : argument
        }
        let behind = dashed + (parts.count > 1 ? Array(parts[1]) : [])
        return behind.isEmpty ? kept : kept + ["--"] + behind
    }
}
