import LarkiveCore

/// Carries a call to Feishu until there is an answer or no hope for one.
///
/// Keeps the rate limits, retries within bounds and reads envelopes; knows no tokens, it only
/// carries them.
struct Courier: Sendable {
    let base: BaseURL
    let transport: any Transport
    let limiters: RateLimiters
    let ticker: any Ticker
    let jitter: Jitter
    let counters: CounterBox
    let budget: RetryBudget

    func answer(
        to call: FeishuCall,
        token: Secret<String>? = nil
    ) async throws(FeishuError) -> FeishuAnswer {
        var patience = Patience(
            tries: call.tries,
            time: call.streamed == nil ? Patience.time : StreamedAnswer.time
        )
        while true {
            let start = try await admitted(call.endpoint)
            switch await attempt(call, token, at: start) {
            case .success(let answer):
                await limiters[call.endpoint]?.passed()
                return answer
            case .failure(let refusal):
                guard refusal.error.meaning != .throttled else {
                    try await slowDown(after: refusal, at: start)
                    continue
                }
                let taken = ticker.now - start
                let pause = patience.pause(after: refusal.error.decision, taking: taken, jitter)
                let isLost = refusal.error.meaning == .noAnswer && !call.isRepeatable
                guard let pause, !isLost, budget.mayRetry() else { throw refusal.error }
                try await rest(pause, call.endpoint)
            }
        }
    }

    /// A refusal with the headers that came with it.
    private struct Refusal: Error {
        let error: FeishuError
        var headers = HeaderLines()
    }

    private func admitted(_ endpoint: Endpoint) async throws(FeishuError) -> Duration {
        do {
            return try await limiters[endpoint]?.admit() ?? ticker.now
        } catch {
            throw .interrupted(endpoint)
        }
    }

    private func rest(_ pause: Duration, _ endpoint: Endpoint) async throws(FeishuError) {
        do {
            try await ticker.sleep(for: pause)
        } catch {
            throw .interrupted(endpoint)
        }
    }

    /// Whoever waits as told is not retrying in vain, as long as the endpoint lets others through.
    private func slowDown(
        after refusal: Refusal,
        at start: Duration
    ) async throws(FeishuError) {
        guard let limiter = limiters[refusal.error.endpoint] else { throw refusal.error }
        let wait = ThrottleTime(refusal.headers)
        let growth = await limiter.refused(started: start, wait: wait)
        counters.count { $0.throttled += growth }
        guard await !limiter.isHopeless else { throw refusal.error }
    }

    /// The beginning of the answer, at which the call has surely been counted; a body may be long.
    private func open(
        _ request: HTTPRequest,
        _ endpoint: Endpoint,
        at start: Duration
    ) async throws(TransportError) -> HTTPAnswer {
        budget.called()
        counters.called(endpoint)
        do {
            let answer = try await transport.open(request)
            await limiters[endpoint]?.answered(started: start, wasHeard: true)
            counters.answered(answer.headers, sent: start, at: ticker.now)
            return answer
        } catch {
            await limiters[endpoint]?.answered(started: start, wasHeard: false)
            throw error
        }
    }

    private func attempt(
        _ call: FeishuCall,
        _ token: Secret<String>?,
        at start: Duration
    ) async -> Result<FeishuAnswer, Refusal> {
        do throws(TransportError) {
            var answer = try await open(request(call, token), call.endpoint, at: start)
            let read = try await read(&answer, call)
            let result = judge(read.object, answer, call.endpoint)
            if case .failure = result { await read.bodies.discard() }
            return result.map {
                FeishuAnswer(
                    object: $0,
                    sent: start,
                    bodies: read.bodies,
                    logID: answer.headers.logID
                )
            }
        } catch {
            return .failure(Refusal(error: FeishuError(call.endpoint, error)))
        }
    }

    private func read(
        _ answer: inout HTTPAnswer,
        _ call: FeishuCall
    ) async throws(TransportError) -> StreamedAnswer.Read {
        if let streamed = call.streamed { return try await streamed.read(&answer, ticker) }
        let bytes = try await answer.bytes(atMost: HTTPAnswer.largestWhole, ticker)
        return StreamedAnswer.Read(object: (try? JSONReader.read(bytes))?.object)
    }

    private func request(_ call: FeishuCall, _ token: Secret<String>?) -> HTTPRequest {
        var request = HTTPRequest(
            call.address.map { Secret($0) } ?? base.url(call.endpoint.path(call.ids), call.query)
        )
        request.verb = call.endpoint.row.verb
        request.authorization = token.map { Secret("Bearer " + $0.reveal()) }
        request.body = call.body
        request.patience = call.streamed == nil ? Patience.time : StreamedAnswer.patience
        return request
    }

    private func judge(
        _ object: JSONObject?,
        _ answer: borrowing HTTPAnswer,
        _ endpoint: Endpoint
    ) -> Result<JSONObject, Refusal> {
        let (status, headers) = (answer.status, answer.headers)
        guard let envelope = object.flatMap({ Envelope($0, headers) }) else {
            let error = FeishuError(
                endpoint,
                status: status,
                "the answer is not Feishu's JSON",
                logID: headers.logID,
                ErrorTable.decision(notJSON: status)
            )
            return .failure(Refusal(error: error, headers: headers))
        }
        guard let error = envelope.refusal(of: endpoint, status) else {
            return .success(envelope.object)
        }
        return .failure(Refusal(error: error, headers: headers))
    }
}

extension Envelope {
    /// Nil for success: 200 with code 0 and data; none of them alone.
    fileprivate func refusal(of endpoint: Endpoint, _ status: Int) -> FeishuError? {
        guard code == 0, (200..<300).contains(status) else {
            return FeishuError(
                endpoint,
                status: status,
                code: code,
                msg,
                logID: logID,
                ErrorTable.decision(endpoint, status, code)
            )
        }
        guard data == nil, !endpoint.isFlat else { return nil }
        return .malformed(endpoint, "the answer holds no data")
    }
}

extension HTTPAnswer {
    /// Answers without files are far smaller.
    fileprivate static let largestWhole = 16 << 20
}
