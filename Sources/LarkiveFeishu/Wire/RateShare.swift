/// What a program keeps of a rate that belongs to the app, since another program may use it too.
///
/// Nobody tells how many share: a refusal lowers the share, quiet raises it again. There is a kind
/// for each size of limit; the numbers in them are found by simulation: see `SharedPaceTests`.
protocol RateShare: Sendable {
    /// From 0, exclusive, to 1.
    var part: Double { get }

    mutating func started()

    mutating func grow(at now: Duration)

    /// `got` is what part of the rate was let through lately.
    ///
    /// Returns by what part of the interval the next start is moved away from the refused one.
    mutating func refused(at now: Duration, got: Double) -> Double
}

extension RateShare {
    mutating func started() {}
}
