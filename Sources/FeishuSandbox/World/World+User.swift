extension World {
    /// The person who may log in; their mailbox and what they let the app do.
    package struct User: Sendable {
        package var openID: String
        package var name: String
        package var englishName: String
        /// The primary mailbox, which `me` means.
        package var address: String
        /// Mailboxes beside the own one: shared ones, aliases, groups.
        package var accessible: [AccessibleMailbox] = []
        /// Guids of the tasks assigned to them; nil for every task that is not forbidden.
        package var tasks: Set<String>?
        /// Scopes that they agree to; nil for whatever is asked.
        package var granted: Set<String>?
        /// They answer the question for consent with no.
        package var denies = false
        /// When the consent began; nil for the moment of the login.
        package var consentStart: Moment?
        /// After so many days nothing but a new login helps.
        package var consentDays = 365
        package var accessLife: Duration = .seconds(7200)
        package var refreshLife: Duration = .seconds(604_800)

        package init(openID: String, name: String, englishName: String = "", address: String) {
            self.openID = openID
            self.name = name
            self.englishName = englishName
            self.address = address
        }

        package init(_ person: Person) {
            self.init(openID: person.openID, name: person.name, address: person.address)
        }
    }

    /// A mailbox as `accessible_mailboxes` lists it.
    package struct AccessibleMailbox: Hashable, Sendable {
        package enum Kind: String, CaseIterable, Sendable {
            case mailGroup = "MAIL_GROUP"
            case publicMailbox = "PUBLIC_MAILBOX"
            case userPrimary = "USER_PRIMARY"
            case userAlias = "USER_ALIAS"
            case publicMailboxAlias = "PUBLIC_MAILBOX_ALIAS"
        }

        package var address: String
        package var kind: Kind

        package init(_ address: String, _ kind: Kind) {
            self.address = address
            self.kind = kind
        }
    }
}

extension World.User {
    /// Whether a token of theirs opens this mailbox.
    func reaches(_ mailbox: String) -> Bool {
        mailbox == address || accessible.contains { $0.address == mailbox }
    }

    func has(task guid: String) -> Bool { tasks?.contains(guid) ?? true }
}
