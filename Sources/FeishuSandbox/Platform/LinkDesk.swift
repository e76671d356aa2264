/// A download link and what is left of it.
struct Link: Sendable {
    let name: String
    let content: World.Content
    let subject: CallSubject
    let expires: Moment
    let uses: Int
    var used = 0
}

/// Mints links and wears them out.
///
/// Sources: the pages on `download_url` (2 uses, 2 hours) and task attachments (3 uses, 3 minutes).
struct LinkDesk: Sendable {
    enum Spent: Equatable {
        case good(World.Content, name: String)
        case expired
        case usedUp
        case unknown
    }

    private var links: [String: Link] = [:]
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed ^ StableHash.value("links")) }

    mutating func mintMail(
        _ attachment: World.MailAttachment,
        _ subject: CallSubject,
        at now: Moment
    ) -> String {
        let expires = now.advanced(by: .seconds(7200))
        return mint(
            Link(
                name: attachment.name,
                content: attachment.content,
                subject: subject,
                expires: expires,
                uses: 2
            ),
            at: now
        )
    }

    mutating func mintTask(
        _ attachment: World.TaskAttachment,
        _ subject: CallSubject,
        at now: Moment
    ) -> String {
        let expires = now.advanced(by: .seconds(180))
        return mint(
            Link(
                name: attachment.name,
                content: attachment.content,
                subject: subject,
                expires: expires,
                uses: 3
            ),
            at: now
        )
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
