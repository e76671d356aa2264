/// A download link and what is left of it.
struct Link: Sendable {
    let name: String
    let content: World.Content
    let subject: CallSubject
    let expires: Moment
    let uses: Int
    /// What it really has, when that is less than the documentation says.
    var trueLife = LinkLife()
    var minted: Moment
    var used = 0
}

/// How a link falls short of its documentation; what is nil is as documented.
struct LinkLife: Sendable {
    var uses: Int?
    var life: Duration?
}

extension Visit {
    /// The lives of links minted now.
    var linkLife: LinkLife {
        for case .links(let uses, let life) in effects { return LinkLife(uses: uses, life: life) }
        return LinkLife()
    }
}

extension Link {
    /// Whether it serves once more, documented or not.
    fileprivate func isAlive(at now: Moment) -> Bool {
        used < trueLife.uses ?? uses
            && trueLife.life.map { now < minted.advanced(by: $0) } ?? true
    }
}

/// Mints links and wears them out.
///
/// Sources: the pages on `download_url` (2 uses, 2 hours) and task attachments (3 uses, 3 minutes).
struct LinkDesk: Sendable {
    enum Spent: Equatable {
        case good(World.Content, name: String)
        case expired
        case usedUp
        /// Dead before its documented end, through no fault of the caller.
        case failed
        case unknown
    }

    private var links: [String: Link] = [:]
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed ^ StableHash.value("links")) }

    mutating func mint(
        _ attachment: World.MailAttachment,
        _ subject: CallSubject,
        _ visit: Visit
    ) -> String {
        let link = Link(
            name: attachment.name,
            content: attachment.content,
            subject: subject,
            expires: visit.now.advanced(by: .seconds(7200)),
            uses: 2,
            trueLife: visit.linkLife,
            minted: visit.now
        )
        return mint(link, at: visit.now)
    }

    mutating func mint(
        _ attachment: World.TaskAttachment,
        _ subject: CallSubject,
        _ visit: Visit
    ) -> String {
        let link = Link(
            name: attachment.name,
            content: attachment.content,
            subject: subject,
            expires: visit.now.advanced(by: .seconds(180)),
            uses: 3,
            trueLife: visit.linkLife,
            minted: visit.now
        )
        return mint(link, at: visit.now)
    }

    func subject(of code: String) -> CallSubject { links[code]?.subject ?? CallSubject() }

    /// A fresh link to the same file, for a redirect; nil when there is no such link.
    mutating func mintAgain(_ code: String, at now: Moment) -> String? {
        guard var link = links[code] else { return nil }
        link.used = 0
        return mint(link, at: now)
    }

    /// Every request spends one use, whatever becomes of it.
    mutating func spend(_ code: String, at now: Moment) -> Spent {
        guard let link = links[code] else { return .unknown }
        guard now < link.expires else { return .expired }
        guard link.used < link.uses else { return .usedUp }
        links[code]?.used += 1
        guard link.isAlive(at: now) else { return .failed }
        return .good(link.content, name: link.name)
    }

    /// The code looks like the samples on the pages; it means nothing outside this table.
    private mutating func mint(_ link: Link, at now: Moment) -> String {
        let window = "\(now.milliseconds / 1000):\(link.expires.milliseconds / 1000)"
        let text =
            "\(generator.hex(32))_\(generator.hex(32))_ID:\(generator.next() >> 1)_\(window)_V3"
        let code = Base64.text(Array(text.utf8))
        links[code] = link
        return code
    }
}
