/// Tells what a walk that reached its end did not list.
///
/// Compares the manifest with what ``WalkTally`` marked; live are attachments that have not vanished.
package protocol Absences: Sendable {
    /// How much a source has, and how much of it the walk missed.
    ///
    /// Of a mailbox only what was last seen in the `folders` counts; tasks have none.
    func absence(in source: Int64, folders: [Folder.ID]?) throws(ManifestError) -> Absence

    /// Messages that the walk missed, in order of id: with live attachments, or never read.
    func missedMessages(
        in source: Int64,
        folders: [Folder.ID],
        after id: Message.ID?,
        limit: Int
    ) throws(ManifestError) -> [MissedMessage]

    /// Task attachments that the walk missed, in order of number.
    func missedUploads(
        in source: Int64,
        after number: Int64,
        limit: Int
    ) throws(ManifestError) -> [MissedUpload]
}

/// Live attachments of a source, before anything is concluded.
package struct Absence: Hashable, Sendable {
    package let live: Int64
    package let missed: Int64

    package init(live: Int64, missed: Int64) {
        self.live = live
        self.missed = missed
    }

    /// More than half, and more than 20: rather the platform is wrong than the people so diligent.
    package var isBeyondBelief: Bool { missed > 20 && missed * 2 > live }
}

package struct MissedMessage: Hashable, Sendable {
    package let id: Message.ID
    package let folder: Folder.ID?
    /// Its live attachments.
    package let attachments: [Int64]

    package init(id: Message.ID, folder: Folder.ID?, attachments: [Int64]) {
        self.id = id
        self.folder = folder
        self.attachments = attachments
    }
}

package struct MissedUpload: Hashable, Sendable {
    package let number: Int64
    package let id: Attachment.ID
    /// Whether another source has listed it when it last looked.
    package let isListedElsewhere: Bool

    package init(number: Int64, id: Attachment.ID, isListedElsewhere: Bool) {
        self.number = number
        self.id = id
        self.isListedElsewhere = isListedElsewhere
    }
}
