/// All that a pretended Feishu knows: mailboxes, tasks, one app, and how it misbehaves.
///
/// A plain value: copy it, change it, hand it to ``SandboxServer``.
package struct World: Sendable {
    /// Feeds tokens, link codes and log ids, so that two runs look alike.
    package var seed: UInt64
    package var app = App()
    /// Nobody can log in while it is nil.
    package var user: User?
    package var quirks = Quirks()
    /// Mailboxes by address.
    package var mailboxes: [String: Mailbox] = [:]
    package var tasks = TaskBoard()
    package var faults: [SandboxFault] = []
    /// Random faults beside the scripted ones.
    package var storm: FaultStorm?

    /// How to bring back what was deleted, by its id, and whole mailboxes by their addresses.
    var attic: [String: WorldChange] = [:]
    var lostMailboxes: [String: Mailbox] = [:]

    package init(seed: UInt64 = 0) { self.seed = seed }

    package mutating func add(_ mailbox: Mailbox) { mailboxes[mailbox.address] = mailbox }
}

extension World {
    /// Somebody with a mailbox.
    package struct Person: Hashable, Sendable {
        package var name: String
        package var address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }

        var json: WireJSON { ["mail_address": .string(address), "name": .string(name)] }

        /// The id that the task endpoints know them by.
        var openID: String { "ou_" + StableHash.hex(address) + StableHash.hex(name) }
    }
}
