/// Looks now and then for events that other commands have left, so that a long run records them
/// while it lasts.
///
/// A group of the run is a good moment: nothing else writes the log then. At most one look a
/// second, and one into an empty folder costs next to nothing.
package struct InboxRounds: Sendable {
    static let pause: Int64 = 1

    private let clock: any WallClock
    private let take: @Sendable () async throws -> Void
    private var last: Timestamp

    /// The first look is due a second from now: whoever opened the archive has looked.
    package init(clock: any WallClock, take: @escaping @Sendable () async throws -> Void) {
        self.clock = clock
        self.take = take
        last = clock.now()
    }

    /// Whether a look is due; asking makes it the last one.
    mutating func begin() -> Bool {
        let now = clock.now()
        // A clock that went back must not put the next look off.
        guard now < last || now >= last.advanced(bySeconds: Self.pause) else { return false }
        last = now
        return true
    }

    /// Dying in this leaves events in the inbox that are records already; each has a name, which
    /// keeps it from becoming a second record.
    func look() async throws {
        do {
            try await take()
        } catch let failure as AuditError {
            throw RunFailure.audit(failure)
        } catch let failure as ManifestError { throw RunFailure.manifest(failure) }
    }
}
