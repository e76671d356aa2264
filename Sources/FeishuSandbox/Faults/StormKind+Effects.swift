extension StormKind {
    /// The accident in detail.
    func effects(on endpoint: Endpoint, _ generator: inout SeededGenerator) -> [FaultEffect] {
        switch self {
        case .drop: [.drop]
        case .reset: [.reset]
        case .cut: [.cut(after: generator.below(200))]
        case .slow: [.slow(bytesPerSecond: 20_000 + generator.below(200_000))]
        case .truncatedJSON: [.resize(by: -1 - generator.below(20))]
        case .shortBody: [.resize(by: -1 - generator.below(100))]
        case .longBody: [.resize(by: 1 + generator.below(100))]
        case .chunkedCut: [.chunked, .cut(after: generator.below(500))]
        case .redirect: [.redirect]
        case .inlineBodies: [.inlineBodies(generator.pick(InlineFlaw.allCases))]
        case .failedIDs: [.failedIDs([])]
        case .emptyPage, .itemTwice, .grown, .staleToken, .repeatedToken:
            PagingQuirk(rawValue: rawValue).map { [.paging($0)] } ?? []
        default: [refusal(on: endpoint, &generator)]
        }
    }

    /// Another answer in place of the true one.
    private func refusal(on endpoint: Endpoint, _ generator: inout SeededGenerator) -> FaultEffect {
        switch self {
        case .serverError: endpoint.serverError(&generator)
        case .throttle: Self.throttle(&generator)
        case .refusal: endpoint.refusal
        case .deadLink:
            .raw(status: generator.pick([401, 403, 404, 410]), type: "text/plain", body: "gone")
        case .strayRedirect: .redirectTo(generator.pick(Self.strayAddresses))
        case .htmlFile: .raw(status: 200, type: "text/html", body: "<p>please wait</p>")
        default:
            .raw(
                status: generator.pick([502, 503, 504]),
                type: "text/html",
                body: "<html><body>bad gateway</body></html>"
            )
        }
    }

    private static let strayAddresses = [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/file",
        "http://user:password@{host}{path}", "ftp://files.example/file", "file:///etc/passwd",
    ]

    private static func throttle(_ generator: inout SeededGenerator) -> FaultEffect {
        switch generator.below(5) {
        case 0: .throttle(status: 429, reset: "0.05")
        case 1: .throttle(status: 400, reset: "0.2")
        case 2: .throttle(status: 200)
        case 3: .throttle(status: 429, reset: "soon")
        default: .throttle(status: 429, retryAfter: "1")
        }
    }
}

extension Endpoint {
    fileprivate func serverError(_ generator: inout SeededGenerator) -> FaultEffect {
        switch self {
        case .userToken: .refuse(status: 500, code: 20_050, message: "please retry")
        case .batchGet: .refuse(status: 500, code: 1_230_004, message: "internal error")
        case _ where isMail: .refuse(status: 500, code: 1_230_003, message: "internal error")
        default:
            .refuse(status: generator.pick([500, 503]), code: 1_470_500, message: "server error")
        }
    }

    fileprivate var refusal: FaultEffect {
        switch self {
        case .message: .refuse(status: 403, code: 1_234_017, message: "no permission")
        case .batchGet: .refuse(status: 400, code: 1_230_006, message: "message not found")
        case .downloadURL: .refuse(status: 403, code: 1_230_002, message: "internal error")
        default: .refuse(status: 403, code: 1_470_403, message: "no permission")
        }
    }
}
