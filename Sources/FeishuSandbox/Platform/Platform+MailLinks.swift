extension Platform {
    /// Source: the page on attachment links.
    ///
    /// Ids that fail are named, and the call is a success.
    mutating func downloadURLs(_ visit: Visit) throws(APIError) -> WireJSON {
        let mailbox = try mailbox(visit, .body)
        let ids = visit.call.all("attachment_ids")
        guard (1...20).contains(ids.count) else {
            throw .badMailParameter(.downloadURL, "attachment_ids must hold 1 to 20 ids")
        }
        guard let message = mailbox[visit.route["message"]] else {
            throw .badMailParameter(.downloadURL, "message_id")
        }
        let failed = visit.failedIDs(of: ids)
        var urls: [WireJSON] = []
        var failures: [WireJSON] = []
        for id in ids {
            guard let attachment = message.attachments.first(where: { $0.id == id }),
                attachment.isDownloadable, !failed.contains(id)
            else {
                failures.append(.string(id))
                continue
            }
            urls.append(link(to: attachment, of: message, in: mailbox, visit))
        }
        return ["download_urls": .array(urls), "failed_ids": .array(failures)]
    }

    private mutating func link(
        to attachment: World.MailAttachment,
        of message: World.Message,
        in mailbox: World.Mailbox,
        _ visit: Visit
    ) -> WireJSON {
        let subject = CallSubject(
            mailboxes: [mailbox.address],
            messages: [message.id],
            attachments: [attachment.id]
        )
        let code = links.mint(attachment, subject, visit)
        return [
            "attachment_id": .string(attachment.id), "download_url": .string(url(for: code)),
        ]
    }
}

extension Visit {
    fileprivate func failedIDs(of asked: [String]) -> Set<String> {
        var failed: Set<String> = []
        for case .failedIDs(let ids) in effects { failed.formUnion(ids.isEmpty ? asked : ids) }
        return failed
    }
}
