import LarkiveCore

/// Downloads from a link into a scratch, once.
///
/// One GET of the whole; no HEAD and no Range, since each request spends a use of the link, and no
/// token, since the link is all that its host may know.
struct LinkDownload: Sendable {
    let transport: any Transport
    let linkGuard: LinkGuard
    let counters: CounterBox
    /// Nil when a proxy resolves the names.
    let resolver: (any Resolver)?
    let ticker: any Ticker
    let places = HostPlaces()
    let budget: RetryBudget

    struct Arrived: Sendable {
        let evidence: JSONObject
        /// False when only the end of the connection says that the body is complete.
        let isFramed: Bool
    }

    func bring(
        _ attachment: Attachment,
        from url: LinkURL,
        into scratch: any Scratch
    ) async throws(Trouble) -> Arrived {
        var answer = try await open(url)
        guard answer.status == 200 else { throw .status(answer.status, answer.headers) }
        var gate = try BodyGate(answer.headers, name: attachment.name, size: attachment.size)
        try await pour(&answer, through: &gate, into: scratch)
        return Arrived(evidence: answer.headers.evidence, isFramed: gate.isFramed)
    }

    /// Follows redirects by hand, since each hop must be checked.
    private func open(_ url: LinkURL) async throws(Trouble) -> HTTPAnswer {
        var url = url
        for _ in 0...LinkGuard.mostRedirects {
            let address = try checked(url)
            let answer = try await ask(url, address.host, at: try await place(of: address))
            guard (300..<400).contains(answer.status), let location = answer.headers["Location"]
            else { return answer }
            do {
                url = try linkGuard.target(location, from: address)
            } catch {
                throw .badLink(error)
            }
        }
        throw .badLink(.redirects)
    }

    private func checked(_ url: LinkURL) throws(Trouble) -> WebAddress {
        do {
            return try linkGuard.check(url)
        } catch {
            throw .badLink(error)
        }
    }

    /// The address to connect to, looked up and checked for each hop anew; nil where the link
    /// names one itself.
    private func place(of address: WebAddress) async throws(Trouble) -> String? {
        guard let resolver, HostKind(address) == .name || HostKind(address) == .loopback,
            HostKind(addressText: address.host) == .forbidden
        else { return nil }
        let found: [String]
        do {
            found = try await resolver.addresses(of: address.host)
        } catch {
            throw .passing(.connection, error.words)
        }
        do {
            try linkGuard.check(found)
        } catch {
            throw .badLink(error)
        }
        return places.choose(for: address.host, among: found)
    }

    private func ask(
        _ url: LinkURL,
        _ host: String,
        at place: String?
    ) async throws(Trouble) -> HTTPAnswer {
        var request = HTTPRequest(url)
        request.address = place
        budget.called()
        do {
            let answer = try await transport.open(request)
            counters.count { $0.wasAnswered = true }
            return answer
        } catch {
            if let place { places.failed(place, of: host) }
            switch error.kind {
            case .cancelled: throw Trouble(.none, .interrupted, error.words)
            default: throw .passing(.connection, error.words)
            }
        }
    }

    private func pour(
        _ answer: inout HTTPAnswer,
        through gate: inout BodyGate,
        into scratch: any Scratch
    ) async throws(Trouble) {
        var speed = SlowBody(at: ticker.now)
        while let piece = try await piece(of: &answer, gate) {
            do {
                try speed.took(piece.count, at: ticker.now)
            } catch {
                throw gate.broken(error)
            }
            try await write(try gate.take(piece), scratch)
        }
        try await write(try gate.end(), scratch)
    }

    private func piece(
        of answer: inout HTTPAnswer,
        _ gate: BodyGate
    ) async throws(Trouble) -> [UInt8]? {
        do {
            return try await answer.body.next()
        } catch {
            throw gate.broken(error)
        }
    }

    private func write(_ bytes: [UInt8], _ scratch: any Scratch) async throws(Trouble) {
        guard !bytes.isEmpty else { return }
        do {
            try await scratch.append(bytes)
        } catch {
            throw .store(error)
        }
    }
}

extension HeaderLines {
    private static let longestEvidence = 4_096

    /// What is kept of the headers of a download.
    var evidence: JSONObject {
        [
            "log_id": logID.map(JSON.string),
            "content_length": self["Content-Length"].flatMap { Int64($0) }.map(JSON.integer),
            "content_disposition": kept("Content-Disposition"),
            "etag": kept("ETag"),
        ]
    }

    private func kept(_ name: String) -> JSON? {
        self[name].map { .string(String($0.unicodeScalars.prefix(Self.longestEvidence))) }
    }
}
