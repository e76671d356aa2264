import LarkiveCore

extension SourceError {
    /// What a refused call means for the source as a whole; `place` is what was read.
    init(_ error: FeishuError, in place: String) {
        self.init(Kind(error), "\(place): \(error)", hint: error.hint)
    }

    init(_ error: ListError, in place: String) {
        switch error {
        case .refused(let error): self.init(error, in: place)
        case .lost(let lost): self.init(.incomplete, "\(place): \(lost.words)")
        case .malformed(let endpoint, let bad):
            self.init(.incomplete, "\(place): \(endpoint.rawValue): \(bad.detail)")
        }
    }

    /// The same error with the other places that were not read to their end.
    func naming(_ others: [String]) -> SourceError {
        let others = others.filter { !detail.contains($0 + ":") }
        guard !others.isEmpty else { return self }
        let words = others.joined(separator: ", ")
        return SourceError(kind, "\(detail); nor was read to its end: \(words)", hint: hint)
    }

    /// Whether the rest of the source may still be readable.
    var isPartial: Bool { kind == .incomplete || kind == .temporary }
}

extension SourceError.Kind {
    init(_ error: FeishuError) {
        self =
            switch error.meaning {
            case .credentials, .token: .credentials
            case .scope, .forbidden, .mayBePermission: .forbidden
            case .mailboxMissing, .notFound: .gone
            case .noAnswer: .unreachable
            case .throttled, .server: .temporary
            case .quota: .quota
            case .badRequest, .malformed, .tooLarge, .unexpected, .interrupted: .incomplete
            }
    }
}

extension FeishuError {
    /// Whether the same would happen to every other item of the source.
    var sinksSource: Bool {
        switch meaning {
        case .credentials, .token, .scope, .noAnswer, .quota, .interrupted, .mailboxMissing,
            .throttled:
            true
        case .forbidden, .mayBePermission, .notFound, .badRequest, .server, .malformed, .tooLarge,
            .unexpected:
            false
        }
    }
}
