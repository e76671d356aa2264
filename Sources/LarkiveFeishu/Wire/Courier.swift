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
        var patience = Patience(tries: call.tries)
        while true {
            let start = try await admitted(call.endpoint)
            let result = await attempt(call, token, at: start)
            await over(call.endpoint, result, at: start)
            let refusal: Refusal
            switch result {
            case .success(let answer): return answer
            case .failure(let failure): refusal = failure
            }
            let decision = refusal.error.decision
            guard
                let pause = patience.pause(
                    after: decision,
                    taking: ticker.now - start,
                    jitter
                )
            else { throw refusal.error }
            // Whoever waits as told is not retrying in vain.
            guard decision.meaning == .throttled || budget.mayRetry() else { throw refusal.error }
            try await rest(pause, call.endpoint)
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

    /// Tells the limiter how a call ended.
    private func over(
        _ endpoint: Endpoint,
        _ result: Result<FeishuAnswer, Refusal>,
        at start: Duration
    ) async {
        guard let limiter = limiters[endpoint] else { return }
        var refusal: Refusal?
        if case .failure(let failure) = result { refusal = failure }
        await limiter.answered(started: start, wasHeard: refusal?.error.meaning != .noAnswer)
        guard let refusal, refusal.error.meaning == .throttled else { return }
        let growth = await limiter.refused(started: start, wait: ThrottleTime(refusal.headers))
        counters.count { $0.throttled += growth }
    }

    private func attempt(
        _ call: FeishuCall,
        _ token: Secret<String>?,
        at start: Duration
    ) async -> Result<FeishuAnswer, Refusal> {
        budget.called()
        if call.endpoint.mintsLinks { counters.count { $0.linkCalls += 1 } }
        do throws(TransportError) {
            var answer = try await transport.open(request(call, token))
            counters.count { $0.wasAnswered = true }
            let bytes = try await answer.bytes(atMost: call.endpoint.largestAnswer, ticker)
            return judge(bytes, answer, call.endpoint).map { FeishuAnswer(object: $0, sent: start) }
        } catch {
            return .failure(Refusal(error: FeishuError(call.endpoint, error)))
        }
    }

    private func request(_ call: FeishuCall, _ token: Secret<String>?) -> HTTPRequest {
        var request = HTTPRequest(base.url(call.endpoint.path(call.ids), call.query))
        request.verb = call.endpoint.row.verb
        request.authorization = token.map { Secret("Bearer " + $0.reveal()) }
        request.body = call.body
        request.patience = Patience.time
        return request
    }

    private func judge(
        _ bytes: [UInt8],
        _ answer: borrowing HTTPAnswer,
        _ endpoint: Endpoint
    ) -> Result<JSONObject, Refusal> {
        let (status, headers) = (answer.status, answer.headers)
        guard let envelope = Envelope(bytes, headers) else {
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
        guard data == nil, endpoint != .tenantToken else { return nil }
        return .malformed(endpoint, "the answer holds no data")
    }
}

extension Endpoint {
    /// Bodies of 20 messages may be large; a larger answer is asked for in halves.
    fileprivate var largestAnswer: Int {
        switch self {
        case .batchGet, .message: 64 << 20
        default: 16 << 20
        }
    }
}
