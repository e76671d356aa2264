/// Tells the time of day; passed in, so that tests decide what time it is.
package protocol WallClock: Sendable {
    func now() -> Timestamp
}
