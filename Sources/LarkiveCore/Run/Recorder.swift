/// Makes what was seen and brought part of the archive, or only counts it (`--dry-run`).
package protocol Recorder: Sendable {
    /// The number of a source, given at its first appearance.
    func number(of source: SourceName) async throws -> Int64

    /// Records events, with the bytes that they speak of; durable on return.
    ///
    /// `attachments` numbers are given from `first`, which the events are made with.
    func record(
        _ staged: [Staged],
        numbering attachments: Int,
        _ events: @Sendable (_ first: Int64) -> [AuditEvent]
    ) async throws
}

extension Recorder {
    package func record(_ events: [AuditEvent]) async throws {
        try await record([], numbering: 0) { _ in events }
    }
}

/// Why a run cannot go on at all.
package enum RunFailure: Error, Equatable, Sendable {
    case store(StoreError)
    case audit(AuditError)
    case manifest(ManifestError)

    package var condition: Condition {
        switch self {
        case .store(let error):
            switch error.kind {
            case .noSpace: .noSpace
            case .notWritable, .io: .notWritable
            case .damaged: .damaged
            }
        case .audit(let error):
            switch error.kind {
            case .noSpace: .noSpace
            case .notWritable, .refused: .notWritable
            case .damaged: .auditDamaged
            case .rolledBack: .rolledBack
            case .keyMissing: .keyMissing
            case .unencodable: .unclassified
            }
        case .manifest(let error):
            switch error.kind {
            case .noSpace: .noSpace
            case .notWritable, .inUse: .notWritable
            case .damaged: .damaged
            case .newerFormat, .hotJournal, .other: .unclassified
            }
        }
    }

    var isMalformedManifest: Bool {
        if case .manifest(let error) = self { error.kind == .damaged } else { false }
    }

    package var detail: String {
        switch self {
        case .store(let error): error.detail
        case .audit(let error): error.detail
        case .manifest(let error) where error.kind == .damaged:
            error.detail + "; make it again from the log: larkive rebuild"
        case .manifest(let error): error.detail
        }
    }
}
