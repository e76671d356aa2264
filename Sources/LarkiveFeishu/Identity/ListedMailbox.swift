package import LarkiveCore

/// A mailbox that the platform listed.
package struct ListedMailbox: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case primary = "USER_PRIMARY"
        case alias = "USER_ALIAS"
        case shared = "PUBLIC_MAILBOX"
        case sharedAlias = "PUBLIC_MAILBOX_ALIAS"
        case group = "MAIL_GROUP"
        case other
    }

    package let address: Mailbox.ID
    package let kind: Kind

    /// Why it is not walked; nil when it is.
    package var reason: String? {
        switch kind {
        case .primary, .shared: nil
        case .alias, .sharedAlias: "an alias: its mail is in the mailbox behind it"
        case .group: "a mail group: its mail is in its members' mailboxes"
        case .other: "of a kind that larkive does not know"
        }
    }
}

extension ListedMailbox {
    /// Source: the page on accessible mailboxes; not paged.
    static func accessible(_ data: JSONObject) throws(BadAnswer) -> [ListedMailbox] {
        var found: [ListedMailbox] = []
        for item in try data.list("accessible_mailboxes") ?? [] {
            let kind = item["email_type"]?.string.flatMap(Kind.init) ?? .other
            found.append(ListedMailbox(address: try address(item, "email_address"), kind: kind))
        }
        return found
    }

    /// Source: the page on listing public mailboxes.
    static func shared(_ item: JSON) throws(BadAnswer) -> ListedMailbox {
        ListedMailbox(address: try address(item, "email"), kind: .shared)
    }

    private static func address(_ item: JSON, _ name: String) throws(BadAnswer) -> Mailbox.ID {
        guard let address = item[name]?.string.flatMap(Mailbox.address) else {
            throw BadAnswer("\(name) is no address")
        }
        return address
    }
}
