/// Counts both sides of the closing equation.
///
/// What a walk has seen is kept until the run ends and never becomes part of the manifest.
package protocol WalkTally: Sendable {
    /// Returns those that this walk had not seen before, in another folder or on another page.
    func mark(_ messages: [Message.ID], in source: Int64) throws(ManifestError) -> [Message.ID]
    func mark(_ attachments: [AttachmentKey], in source: Int64) throws(ManifestError)
    /// The counts of one source, or of all of them with every attachment counted once.
    func tally(of source: Int64?, run: RunID) throws(ManifestError) -> Tally
    /// Attachments that vanished upstream and were never held, nor accepted as missing.
    func lostCount() throws(ManifestError) -> Int64
    /// Objects that are damaged or lost, and nobody has accepted it.
    func damage() throws(ManifestError) -> Damage
}

/// Objects whose bytes are not what they were.
package struct Damage: Hashable, Sendable {
    /// Found damaged, and not looked for in Feishu yet.
    package var damaged: Int64 = 0
    /// Not to be had from Feishu either.
    package var lost: Int64 = 0
    /// Lost, and somebody has taken it upon themselves.
    package var accepted: Int64 = 0

    package init(damaged: Int64 = 0, lost: Int64 = 0, accepted: Int64 = 0) {
        self.damaged = damaged
        self.lost = lost
        self.accepted = accepted
    }
}

/// What one walk listed, by what became of it.
package struct Tally: Hashable, Sendable {
    /// The listing side: counted from what the walk saw.
    package var listed: Int64 = 0
    package var known: Int64 = 0
    package var downloaded: Int64 = 0
    package var adopted: Int64 = 0
    package var failed: Int64 = 0
    package var skipped: [String: Int64] = [:]
    package var pending: Int64 = 0
    package var messages = MessageTally()

    package init() {}

    package var archived: Int64 { downloaded + adopted }
    package var skippedInAll: Int64 { skipped.values.reduce(0, +) }

    /// Whether `listed = known + archived + failed + skipped + pending`, and the like for messages.
    package var closes: Bool {
        listed == known + archived + failed + skippedInAll + pending
            && messages.listed == messages.examined + messages.gone + messages.unread
    }

    /// The tally of a run that could not count both sides: what nobody accounts for is pending.
    var closed: Tally {
        var tally = self
        let done = known + archived + failed + skippedInAll
        tally.listed = max(listed, done + pending)
        tally.pending = tally.listed - done
        let seen = messages.examined + messages.gone
        tally.messages.listed = max(messages.listed, seen + messages.unread)
        tally.messages.unread = tally.messages.listed - seen
        return tally
    }
}

package struct MessageTally: Hashable, Sendable {
    package var listed: Int64 = 0
    package var examined: Int64 = 0
    package var gone: Int64 = 0
    package var unread: Int64 = 0

    package init() {}
}
