/// What becomes of attachments that are not listed any more, as records.
extension AuditEvent {
    /// `message.gone`: asked for by its id, the message is not there.
    static func gone(_ message: Message.ID, folder: Folder.ID?, source: Int64) -> AuditEvent {
        AuditEvent(
            .messageGone,
            ["source": .integer(source)],
            hidden: [
                "id": .string(message.rawValue), "folder": folder.map { .string($0.rawValue) },
            ]
        )
    }

    /// `message.moved`: it lies in another folder than when it was seen last.
    static func moved(
        _ message: Message.ID,
        from before: Folder.ID?,
        to folder: Folder.ID,
        source: Int64
    ) -> AuditEvent {
        AuditEvent(
            .messageMoved,
            ["source": .integer(source)],
            hidden: [
                "id": .string(message.rawValue), "to": .string(folder.rawValue),
                "from": .string(before?.rawValue ?? ""),
            ]
        )
    }

    /// `attachment.vanished`: no source lists it, and asked for it is not there.
    static func vanished(_ attachment: Int64, source: Int64) -> AuditEvent {
        AuditEvent(
            .attachmentVanished,
            ["attachment": .integer(attachment), "source": .integer(source)]
        )
    }

    /// `attachment.reappeared`: it had vanished and is listed again; the tombstone is lifted.
    static func reappeared(_ attachment: Int64, source: Int64) -> AuditEvent {
        AuditEvent(
            .attachmentReappeared,
            ["attachment": .integer(attachment), "source": .integer(source)]
        )
    }

    /// `provenance.changed`: a source lists it no more, though it is still there.
    static func unlisted(_ attachment: Int64, source: Int64) -> AuditEvent {
        AuditEvent(
            .provenanceChanged,
            [
                "attachment": .integer(attachment), "source": .integer(source),
                "listed": false,
            ]
        )
    }
}
