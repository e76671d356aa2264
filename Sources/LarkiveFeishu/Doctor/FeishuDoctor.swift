package import LarkiveCore

/// Looks at sources with few calls, all of them GET, and changes nothing.
package struct FeishuDoctor: Sendable {
    private let mail: FeishuMailSource
    private let ticker: any Ticker
    private let counters: CounterBox

    init(_ mail: FeishuMailSource, _ ticker: any Ticker, _ counters: CounterBox) {
        self.mail = mail
        self.ticker = ticker
        self.counters = counters
    }

    /// Tells what can be seen of a source; `folders` are those that would be walked.
    package func look(at source: SourceName, _ folders: FolderChoice) async -> SourceLook {
        if case .mail(let mailbox) = source {
            var look = MailLook(mail, mailbox)
            await look.run(folders)
            return look.look
        }
        var look = BoardLook(mail.client, source)
        await look.run()
        return look.look
    }

    /// How far this machine's clock is ahead of the platform's; nil when no answer told its time.
    package func clockOffset(at now: Timestamp) -> ClockOffset? {
        counters.snapshot.clock.map { ClockOffset($0, wall: now, tick: ticker.now) }
    }
}
