import LarkiveCore

/// How an answer is read that may carry files: while it arrives, in bounded memory.
struct StreamedAnswer: Sendable {
    /// The first word may take longer than elsewhere: the platform has files to gather.
    static let patience = Duration.seconds(30)
    /// For all tries together, transfer included; each transfer has to keep up a pace, too.
    static let time = Duration.seconds(120)
    /// An answer that trickles is given up.
    private static let slowest = 32 << 10
    private static let start = Duration.seconds(30)

    /// Nil when nobody wants the files.
    let scratches: (any ScratchStore)?
    let limits: AnswerLimits

    init(messages: Int, into scratches: (any ScratchStore)?) {
        limits = AnswerLimits(messages: messages)
        self.scratches = scratches
    }

    /// What came of an answer; nobody has judged it yet.
    struct Read: Sendable {
        /// Nil when it is not JSON, or not all of it.
        var object: JSONObject?
        var bodies: [BodyPlace: Staged] = [:]
    }

    /// Reads to the end; of an answer that is not whole nothing remains.
    ///
    /// Throws when it is too large or the task was cancelled. One that breaks off is no answer, and
    /// not a sign that nobody answers: it may have been too much for something on its way.
    func read(
        _ answer: inout HTTPAnswer,
        _ ticker: any Ticker
    ) async throws(TransportError) -> Read {
        let declared = answer.headers["Content-Length"].flatMap { Int64($0) } ?? 0
        guard declared <= Int64(limits.most) else { throw .tooLarge(limits.most) }
        var intake = scratches.map(BodyIntake.init)
        do throws(TransportError) {
            let object = try await pour(&answer, ticker, &intake)
            if object == nil { await intake?.discard() }
            return Read(object: object, bodies: intake?.staged ?? [:])
        } catch {
            await intake?.discard()
            throw error
        }
    }

    private func pour(
        _ answer: inout HTTPAnswer,
        _ ticker: any Ticker,
        _ intake: inout BodyIntake?
    ) async throws(TransportError) -> JSONObject? {
        var parser = AnswerParser(limits, takesBodies: intake != nil)
        var pace = Pace(since: ticker.now)
        do throws(AnswerFault) {
            while let piece = try await next(&answer) {
                for event in try parser.take(piece) { await intake?.take(event) }
                guard pace.keeps(piece.count, at: ticker.now) else { return nil }
            }
            return try parser.end().object
        } catch {
            switch error {
            case .notJSON, .cut: return nil
            case .silent: throw TransportError(.silent, "no word for too long")
            case .tooLarge: throw .tooLarge(limits.most)
            case .cancelled: throw TransportError(.cancelled, "interrupted")
            }
        }
    }

    private func next(_ answer: inout HTTPAnswer) async throws(AnswerFault) -> [UInt8]? {
        do {
            return try await answer.body.next()
        } catch {
            switch error.kind {
            case .cancelled: throw .cancelled
            case .silent: throw .silent
            case .noAnswer, .cut, .tooLarge: throw .cut
            }
        }
    }

    /// Tells a transfer that goes on from one that only does not end.
    private struct Pace {
        private let start: Duration
        private var received = 0

        init(since start: Duration) { self.start = start }

        mutating func keeps(_ count: Int, at now: Duration) -> Bool {
            received += count
            return now - start <= StreamedAnswer.start + .seconds(received / StreamedAnswer.slowest)
        }
    }
}
