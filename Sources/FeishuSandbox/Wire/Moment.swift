/// A point in time, as Feishu writes it: milliseconds since 1970.
package struct Moment: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package func advanced(by duration: Duration) -> Moment {
        Moment(milliseconds: milliseconds + duration.milliseconds)
    }

    package func duration(to other: Moment) -> Duration {
        .milliseconds(other.milliseconds - milliseconds)
    }

    package static func < (lhs: Moment, rhs: Moment) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }

    /// Time stamps travel as strings, whatever the official models say.
    var json: WireJSON { .string(String(milliseconds)) }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// Whole seconds, rounded up, at least one.
    var wholeSeconds: Int64 { max(1, (milliseconds + 999) / 1000) }
}
