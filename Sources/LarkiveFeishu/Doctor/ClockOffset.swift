import LarkiveCore

/// The time that an answer says it was made, between two moments of ours.
package struct ClockReading: Equatable, Sendable {
    let platform: Timestamp
    let sent: Duration
    let answered: Duration

    /// Nil without a readable `Date`.
    init?(_ headers: HeaderLines, sent: Duration, answered: Duration) {
        guard let date = headers["Date"].flatMap(HTTPDate.read) else { return nil }
        platform = date
        self.sent = sent
        self.answered = answered
    }

    var roundTrip: Duration { answered - sent }
}

/// By how much this machine's clock is ahead of the platform's.
package struct ClockOffset: Equatable, Sendable {
    package let seconds: Double
    /// Half of the round trip, and half of the second that `Date` does not tell.
    package let error: Double

    init(_ reading: ClockReading, wall: Timestamp, tick: Duration) {
        let middle = reading.sent + reading.roundTrip / 2
        let since = (tick - middle) / .seconds(1)
        seconds = wall.seconds(since: reading.platform) - since - 0.5
        error = reading.roundTrip / .seconds(2) + 0.5
    }
}
