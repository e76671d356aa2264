package import LarkiveCore

/// Lists what hangs in mailboxes, over Feishu's mail v1.
package struct FeishuMailSource: MailSource {
    let client: FeishuClient

    init(_ client: FeishuClient) { self.client = client }

    /// A folder that cannot be followed to its end does not keep the others from being walked; the
    /// first such failure is thrown when all have been visited.
    package func walk(
        _ mailbox: Mailbox.ID,
        _ choice: FolderChoice,
        visit: (MailPage) async throws -> Void
    ) async throws -> MailCoverage {
        let found = try await folders(of: mailbox)
        let chosen = found.folders.filter(choice.admits)
        var failures = found.gaps(choice).map {
            SourceError(.incomplete, "mailbox \(mailbox): \($0)")
        }
        for folder in chosen {
            let failure = try await walk(folder, of: mailbox, visit)
            try Task.checkCancellation()
            if let failure {
                guard failure.isPartial else { throw failure }
                failures.append(failure)
            }
        }
        if let failure = failures.first { throw failure }
        let leftOut = found.folders.filter { !choice.admits($0) }
        return MailCoverage(walked: chosen, leftOut: leftOut)
    }

    /// Visits the pages of one folder.
    ///
    /// Source: the page on listing messages; the items are ids and nothing else.
    /// Throws only what `visit` throws; returns why the end was not reached.
    private func walk(
        _ folder: Folder,
        of mailbox: Mailbox.ID,
        _ visit: (MailPage) async throws -> Void
    ) async throws -> SourceError? {
        let call = FeishuCall(.messages, mailbox.rawValue).with("folder_id", folder.id.rawValue)
        var pager = Pager(client, call, id: \.string)
        while true {
            let page: Page
            do throws(ListError) {
                guard let next = try await pager.next() else { return nil }
                page = next.page
            } catch {
                return SourceError(error, in: "mailbox \(mailbox), folder \(folder.id)")
            }
            try await visit(MailPage(page, of: folder))
        }
    }

    package func read(
        _ ids: [Message.ID],
        in mailbox: Mailbox.ID,
        into scratches: (any ScratchStore)?
    ) async throws(SourceError) -> MailAnswers {
        var reader = MessageReader(client, mailbox, into: scratches)
        return try await reader.read(ids)
    }
}

extension MailPage {
    init(_ page: Page, of folder: Folder) {
        let ids = page.items.compactMap { $0.string.flatMap(Message.ID.init) }
        self.init(folder: folder, ids: ids, unreadable: page.items.count - ids.count)
    }
}
