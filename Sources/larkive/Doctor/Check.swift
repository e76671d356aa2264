import LarkiveCore
import LarkiveVault

/// One thing that `doctor` looked at.
struct Check {
    enum Status: String { case ok, warn, fail }

    let name: String
    let subject: String
    let status: Status
    let detail: String
    /// What to do about it.
    let hint: String?
    /// What it means for the exit code; only of those that failed.
    let exitCode: LarkiveCore.ExitCode?

    static func ok(_ name: String, _ subject: String, _ detail: String) -> Check {
        Check(name, subject, .ok, detail, hint: nil, exitCode: nil)
    }

    static func warn(_ name: String, _ subject: String, _ detail: String, hint: String?) -> Check {
        Check(name, subject, .warn, detail, hint: hint, exitCode: nil)
    }

    static func fail(
        _ name: String,
        _ subject: String,
        _ detail: String,
        hint: String?,
        _ exitCode: LarkiveCore.ExitCode
    ) -> Check {
        Check(name, subject, .fail, detail, hint: hint, exitCode: exitCode)
    }

    private init(
        _ name: String,
        _ subject: String,
        _ status: Status,
        _ detail: String,
        hint: String?,
        exitCode: LarkiveCore.ExitCode?
    ) {
        self.name = name
        self.subject = subject
        self.status = status
        self.detail = detail
        self.hint = hint
        self.exitCode = exitCode
    }

    /// What somebody has to mend, as another command would say it.
    init(_ name: String, _ subject: String, failing error: any Error) {
        switch error {
        case let failure as UsageError:
            self = .fail(name, subject, failure.message, hint: failure.hint, failure.exitCode)
        case let failure as VaultError:
            self = .fail(name, subject, failure.detail, hint: failure.hint, failure.kind.exitCode)
        case let failure as SourceError:
            self = .fail(name, subject, failure.detail, hint: failure.hint, failure.exitCode)
        default: self = .fail(name, subject, "\(error)", hint: nil, .unclassified)
        }
    }
}

extension Check {
    var json: JSON {
        .object([
            "name": .string(name), "subject": .string(subject), "status": .string(status.rawValue),
            "detail": .string(detail), "hint": hint.map(JSON.string),
        ])
    }

    var lines: [String] {
        let pad = { (text: String, width: Int) in
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let line = "\(pad(status.rawValue, 5)) \(pad(name, 9)) \(subject): \(detail)"
        return [line] + (hint.map { ["\(pad("", 15)) do: \($0)"] } ?? [])
    }
}

extension [Check] {
    /// What has to be mended first comes first: settings, the archive, people, the way there.
    private static let gravest: [LarkiveCore.ExitCode] = [
        .usage, .noArchive, .unclassified, .audit, .key, .damaged, .human, .space, .unreachable,
        .partial, .temporary, .limit,
    ]

    var exitCode: LarkiveCore.ExitCode {
        let codes = Set(compactMap(\.exitCode))
        return Self.gravest.first { codes.contains($0) } ?? (codes.first ?? .complete)
    }
}
