package import LarkiveCore

/// Something that is not as it must be, by number.
///
/// Numbers are promised: a code never changes its meaning. The table is in docs/operating.md.
package struct Finding: Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case objectMissing = "E001"
        case objectChanged = "E002"
        case objectSize = "E003"
        case objectMode = "E004"
        case objectKind = "E005"
        case objectUnreadable = "E006"
        case lineInvalid = "E010"
        case lineOutOfOrder = "E011"
        case segmentMissing = "E012"
        case segmentUnreadable = "E013"
        case tileWrong = "E014"
        case noteUnsigned = "E015"
        case noteContradicts = "E016"
        case rolledBack = "E017"
        case noNote = "E018"
        case keyUnreadable = "E019"
        case manifestUnreadable = "E020"
        case manifestDiffers = "E021"
        case identityChanged = "E022"
        case objectExtra = "W001"
        case shardExtra = "W002"
        case notSealed = "W010"
        case tornTail = "W011"
        case manifestBehind = "W012"

        package var isError: Bool { rawValue.hasPrefix("E") }
        /// Whether it speaks of the log, which has an exit code of its own.
        package var isAudit: Bool { ("E010"..."E019").contains(rawValue) }
    }

    package let code: Code
    package let subject: String
    package let detail: String

    init(_ code: Code, _ subject: String, _ detail: String) {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    package var json: JSON {
        .object([
            "code": .string(code.rawValue), "severity": code.isError ? "error" : "warning",
            "subject": .string(subject), "detail": .string(detail),
        ])
    }
}
