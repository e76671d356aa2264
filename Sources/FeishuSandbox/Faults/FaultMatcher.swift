/// Which calls of an endpoint a fault is for; what is nil does not matter.
///
/// Calls that are refused for their token, their rate or a worn-out link are not counted.
package struct FaultMatcher: Sendable {
    package var mailbox: String?
    package var message: String?
    /// A mail attachment's id.
    package var attachment: String?
    /// A tasklist's, task's or task attachment's guid.
    package var guid: String?
    /// So many matching calls go well first.
    package var skip: Int
    /// So many matching calls are hit; nil for all that follow.
    package var times: Int?

    package static let always = FaultMatcher()

    package init(
        mailbox: String? = nil,
        message: String? = nil,
        attachment: String? = nil,
        guid: String? = nil,
        skip: Int = 0,
        times: Int? = nil
    ) {
        self.mailbox = mailbox
        self.message = message
        self.attachment = attachment
        self.guid = guid
        self.skip = skip
        self.times = times
    }

    func admits(_ subject: CallSubject) -> Bool {
        isMet(mailbox, by: subject.mailboxes) && isMet(message, by: subject.messages)
            && isMet(attachment, by: subject.attachments) && isMet(guid, by: subject.guids)
    }

    func admits(call number: Int) -> Bool {
        number >= skip && times.map { number < skip + $0 } ?? true
    }

    private func isMet(_ wanted: String?, by present: [String]) -> Bool {
        wanted.map(present.contains) ?? true
    }
}

/// The ids that a call is about.
struct CallSubject: Equatable, Sendable {
    var mailboxes: [String] = []
    var messages: [String] = []
    var attachments: [String] = []
    var guids: [String] = []
}
