import LarkiveCore

extension PlanSummary {
    /// What a person reads of a dry run.
    var lines: [String] {
        var lines = [
            "\(Figures.count(Int64(newAttachments), "new attachment", "new attachments")), "
                + "\(Figures.count(Int64(openAttachments), "open one", "open ones")) from "
                + "earlier runs; nothing was written"
        ]
        lines.append(
            "bytes: \(Figures.bytes(knownBytes)) in tasks"
                + (sizesUnknown > 0
                    ? ", and \(sizesUnknown) attachments of mail, which declares no sizes" : "")
        )
        return lines
    }

    var json: JSON {
        .object([
            "new": JSON(newAttachments), "open": JSON(openAttachments),
            "known_bytes": .integer(knownBytes), "sizes_unknown": JSON(sizesUnknown),
            "sources": .array(
                walks.map { walk in
                    .object([
                        "source": .string(walk.name.description),
                        "messages_to_examine": .integer(walk.examinedNow),
                        "error": walk.failure.map { .string($0.detail) },
                    ])
                }
            ),
        ])
    }
}
