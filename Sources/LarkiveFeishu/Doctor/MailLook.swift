import LarkiveCore

/// A look at one mailbox: its folders, a first page, and messages until one proves the body scope.
///
/// Asks by GET only: one message at a time rather than by the batch.
struct MailLook {
    /// So many messages are looked at before the mailbox counts as blind.
    static let mostCanaries = 5
    /// So many folders are asked for a first message.
    static let mostFolders = 5

    private let source: FeishuMailSource
    private let mailbox: Mailbox.ID
    private(set) var look: SourceLook

    init(_ source: FeishuMailSource, _ mailbox: Mailbox.ID) {
        self.source = source
        self.mailbox = mailbox
        look = SourceLook(.mail(mailbox))
    }

    mutating func run(_ choice: FolderChoice) async {
        do throws(ListError) {
            for folder in await folders(choice).prefix(Self.mostFolders) {
                let ids = try await firstPage(of: folder)
                guard !ids.isEmpty else { continue }
                return try await examine(ids.prefix(Self.mostCanaries))
            }
        } catch {
            note(error)
        }
    }

    /// A mailbox that may not be read says so on every call; once is enough.
    private mutating func note(_ error: ListError) {
        if case .refused(let refusal) = error, refusal.meaning == .forbidden,
            look.failures.contains(where: { $0.kind == .forbidden })
        {
            return
        }
        look.failures.append(SourceError(error, in: place))
    }

    private var place: String { "mailbox \(mailbox)" }

    /// Those that are walked, the fullest to be expected first.
    private mutating func folders(_ choice: FolderChoice) async -> [Folder.ID] {
        do {
            let found = try await source.folders(of: mailbox)
            look.isReachable = true
            look.folders = found.folders.filter(choice.admits)
            for gap in found.gaps(choice) {
                look.failures.append(
                    SourceError(.incomplete, "\(place): \(gap)", hint: "check mail.folders")
                )
            }
        } catch {
            look.failures.append(error)
            // Without the scope for folders the other scopes can be looked at all the same.
            guard error.kind == .forbidden else { return [] }
            return [Folder.ID("INBOX")].compactMap { $0 }
        }
        let first = ["INBOX", "SENT", "ARCHIVED"]
        let rank = { (id: Folder.ID) in first.firstIndex(of: id.rawValue) ?? first.count }
        return look.folders.map(\.id).sorted { (rank($0), $0) < (rank($1), $1) }
    }

    private mutating func firstPage(of folder: Folder.ID) async throws(ListError) -> [Message.ID] {
        let call = FeishuCall(.messages, mailbox.rawValue).with("folder_id", folder.rawValue)
        let page = try await Page.first(of: call, source.client)
        look.isReachable = true
        look.items = (look.items ?? 0) + page.items.count
        look.hasMore = look.hasMore || page.hasMore
        return page.items.compactMap { $0.string.flatMap(Message.ID.init) }
    }

    private mutating func examine(_ ids: some Sequence<Message.ID>) async throws(ListError) {
        var hidden = Set(Field.allCases)
        for id in ids {
            guard let item = try await message(id) else { continue }
            look.examined += 1
            look.canary = id.rawValue
            look.saw(try? item.moment("internal_date"))
            hidden = hidden.filter { item[$0.rawValue] == nil }
            look.hiddenBy = hidden.map(\.scope).sorted()
            look.proof = Message.proves(item) ? .proven : .blind
            if look.proof == .proven { return }
        }
    }

    /// Members that have a scope of their own beside the bodies.
    private enum Field: String, CaseIterable {
        case subject, sender = "head_from"

        var scope: String {
            switch self {
            case .subject: "mail:user_mailbox.message.subject:read"
            case .sender: "mail:user_mailbox.message.address:read"
            }
        }
    }

    /// Nil for one that is gone.
    private func message(_ id: Message.ID) async throws(ListError) -> JSONObject? {
        let call = FeishuCall(.message, mailbox.rawValue, id.rawValue).with("format", "full")
            .reading(StreamedAnswer(messages: 1, into: nil))
        do {
            return try await source.client.answer(to: call).data["message"]?.object
        } catch {
            guard error.meaning == .notFound else { throw .refused(error) }
            return nil
        }
    }
}

extension Page {
    /// Asks for one page and for no more.
    static func first(
        of call: FeishuCall,
        _ client: FeishuClient
    ) async throws(ListError) -> Page {
        let call = call.with("page_size", String(call.endpoint.row.most ?? 1))
        let data: JSONObject
        do {
            data = try await client.answer(to: call).data
        } catch {
            throw .refused(error)
        }
        do {
            return try Page(data)
        } catch {
            throw .malformed(call.endpoint, error)
        }
    }
}
