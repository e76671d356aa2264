package import LarkiveCore

/// Something that is not as it must be, by number.
package struct Finding: Hashable, Sendable {
    package let code: Code
    package let subject: String
    package let detail: String
    /// More for those who read JSON: digests, and the attachments that are concerned.
    package var facts: JSONObject = [:]

    init(_ code: Code, _ subject: String, _ detail: String) {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    package var json: JSON {
        let object: JSONObject = [
            "code": .string(code.rawValue), "severity": code.isError ? "error" : "warning",
            "subject": .string(subject), "detail": .string(detail),
        ]
        return .object(JSONObject(object.members + facts.members))
    }
}

extension Finding {
    /// The numbers of findings, promised: a code never changes its meaning.
    ///
    /// The table is in docs/operating.md.
    /// E001-E009 and E050-E059 speak of objects, E010-E019 and E030-E039 of the log, E020-E029 and
    /// E060-E069 of the manifest, E040-E049 of the archive's folders and files.
    package enum Code: String, Sendable, CaseIterable {
        case objectMissing = "E001"
        case objectChanged = "E002"
        case objectSize = "E003"
        case objectMode = "E004"
        case objectKind = "E005"
        case objectUnreadable = "E006"
        case objectLonger = "E007"
        case objectLinked = "E008"
        case objectSymlink = "E009"
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
        case manifestMissing = "E023"
        case manifestNewer = "E024"
        case manifestBehind = "E025"
        case manifestSchema = "E026"
        case manifestIndex = "E027"
        case manifestForeign = "E028"
        case manifestNotRead = "E029"
        case keyForeign = "E030"
        case noteAfterChange = "E031"
        case logUnread = "E032"
        case logCannotFold = "E037"
        case logShorter = "E038"
        case logMissing = "E039"
        case identityUnreadable = "E040"
        case formatNewer = "E041"
        case folderMode = "E042"
        case folderMissing = "E043"
        case fileMode = "E044"
        case fileForeign = "E045"
        case objectMisplaced = "E050"
        case objectKnownDamaged = "E051"
        case objectLost = "E052"
        case rowUnrecorded = "E060"
        case rowMissing = "E061"
        case objectExtra = "W001"
        case shardExtra = "W002"
        case fileExtra = "W003"
        case lockMissing = "W004"
        case inboxJunk = "W005"
        case quarantined = "W006"
        case lossAccepted = "W007"
        case stagingLeft = "W008"
        case notSealed = "W010"
        case tornTail = "W011"
        case manifestWaits = "W012"
        case logRestarted = "W013"
        case stateLost = "W014"
        case restartUnfinished = "W015"
        case stateKey = "W016"
        case notesMissing = "W017"
        case searchDrift = "W018"
        case noteBehind = "W019"

        package var isError: Bool { rawValue.hasPrefix("E") }
        /// Whether it speaks of the log, which has an exit code of its own.
        package var isAudit: Bool {
            ("E010"..."E019").contains(rawValue) || ("E030"..."E039").contains(rawValue)
        }
        /// Whether it speaks of single objects, which `repair` may heal.
        package var isOfObject: Bool {
            ("E001"..."E009").contains(rawValue) || ("E050"..."E059").contains(rawValue)
        }
        /// Whether a newer larkive has written what was found.
        package var isNewer: Bool { self == .manifestNewer || self == .formatNewer }
    }
}

extension Finding.Code {
    /// Whether an object's bytes are not there as they were stored.
    var isDamage: Bool {
        switch self {
        case .objectMissing, .objectChanged, .objectSize, .objectLonger, .objectKind,
            .objectSymlink, .objectMisplaced:
            true
        default: false
        }
    }
}
