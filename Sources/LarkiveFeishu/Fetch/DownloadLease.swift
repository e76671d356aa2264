import LarkiveCore

/// A download link; whoever has it can download.
typealias LinkURL = Secret<String>

/// A link that dies after a few uses or a short time, whichever comes first.
///
/// Source: the pages on the links of mail (2 uses, 2 hours) and task attachments (3 uses, 3
/// minutes). A sample link of mail carries a window of one minute: a lease is best used at once.
struct DownloadLease: Sendable {
    enum Draw: Sendable {
        case use(LinkURL)
        case renew
    }

    /// A link of mail or of tasks, with some time kept back for the way there.
    enum Kind: Sendable {
        case mail, task

        var uses: Int { self == .mail ? 2 : 3 }
        var life: Duration { self == .mail ? .seconds(7_200 - 300) : .seconds(180 - 20) }
    }

    private let url: LinkURL
    private let expiry: Duration
    private var usesLeft: Int

    /// A new lease; its life began after `sent`, when the call that made the link started.
    init(_ url: LinkURL, _ kind: Kind, sent: Duration) {
        self.url = url
        expiry = sent + kind.life
        usesLeft = kind.uses
    }

    /// Every started request spends a use, whatever becomes of it.
    mutating func draw(at now: Duration) -> Draw {
        guard isFresh(at: now) else { return .renew }
        usesLeft -= 1
        return .use(url)
    }

    /// Where the link leads.
    var host: String { WebAddress(url.reveal())?.host ?? "" }

    func isFresh(at now: Duration) -> Bool { usesLeft > 0 && now < expiry }
}
