/// How large the archive is to be, and what decides the rest.
struct Scale: Sendable {
    static let fewestAttachments = 10_000
    static let fewestMailboxes = 10
    static let fewestContents = 100

    let attachments: Int
    let mailboxes: Int
    let contents: Int
    let seed: UInt64

    /// One of twenty hangs on a task.
    var onTasks: Int { attachments / 20 }
    var onMail: Int { attachments - onTasks }

    /// How many of the mail attachments a mailbox gets: a few have much, most have little.
    func share(ofMailbox index: Int) -> Int {
        let weights = (0..<mailboxes).map { 1 / Double($0 + 4) }
        let share = weights[index] / weights.reduce(0, +)
        return max(1, Int(share * Double(onMail)))
    }
}
