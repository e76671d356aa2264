import LarkiveCore

/// Asks the platform for links.
struct LeaseMint: Sendable {
    typealias Leases = [AttachmentKey: Result<DownloadLease, FetchError>]

    private let client: FeishuClient

    init(_ client: FeishuClient) { self.client = client }

    /// A link, or a reason for none, for each attachment.
    func leases(for attachments: [Attachment]) async -> Leases {
        var leases: Leases = [:]
        var byMessage: [MessagePlace: [Attachment]] = [:]
        for attachment in attachments {
            switch attachment.key {
            case .mail(let mailbox, let message, _):
                byMessage[MessagePlace(mailbox, message), default: []].append(attachment)
            case .task(_, let id): leases[attachment.key] = await taskLease(id)
            }
        }
        for (place, parts) in byMessage {
            leases.merge(await mailLeases(parts, of: place)) { first, _ in first }
        }
        return leases
    }

    private struct MessagePlace: Hashable {
        let mailbox: Mailbox.ID
        let message: Message.ID

        init(_ mailbox: Mailbox.ID, _ message: Message.ID) {
            self.mailbox = mailbox
            self.message = message
        }
    }

    /// Source: the page on download links of mail; partial success is code 0.
    ///
    /// A refusal that may be one id's fault is asked again in halves.
    private func mailLeases(_ parts: [Attachment], of place: MessagePlace) async -> Leases {
        let most = Endpoint.downloadURL.row.most ?? 1
        guard parts.count <= most else { return await inHalves(parts, of: place) }
        do throws(FeishuError) {
            let answer = try await client.answer(to: call(parts, of: place))
            let links = MailLinks(answer.data, sent: answer.sent)
            return Leases(uniqueKeysWithValues: parts.map { ($0.key, links.lease(for: $0)) })
        } catch {
            let mayBeOne = error.meaning == .badRequest || error.meaning == .malformed
            guard mayBeOne, parts.count > 1 else {
                let failure = FetchError(error)
                return Leases(uniqueKeysWithValues: parts.map { ($0.key, .failure(failure)) })
            }
            return await inHalves(parts, of: place)
        }
    }

    private func inHalves(_ parts: [Attachment], of place: MessagePlace) async -> Leases {
        let middle = parts.count / 2
        let first = await mailLeases(Array(parts[..<middle]), of: place)
        let second = await mailLeases(Array(parts[middle...]), of: place)
        return first.merging(second) { first, _ in first }
    }

    /// An array is the same key several times.
    private func call(_ parts: [Attachment], of place: MessagePlace) -> FeishuCall {
        let call = FeishuCall(.downloadURL, place.mailbox.rawValue, place.message.rawValue)
        return parts.compactMap(\.key.mailPart).reduce(call) {
            $0.with("attachment_ids", $1.rawValue)
        }
    }

    /// Source: the page on getting an attachment of a task.
    private func taskLease(_ id: Attachment.ID) async -> Result<DownloadLease, FetchError> {
        do throws(FeishuError) {
            let call = FeishuCall(.taskAttachment, id.rawValue)
            let answer = try await client.answer(to: call)
            guard let url = answer.data["attachment"]?["url"]?.string, !url.isEmpty else {
                return .failure(FetchError(.badAnswer, "the answer holds no link"))
            }
            return .success(DownloadLease(Secret(url), .task, sent: answer.sent))
        } catch {
            return .failure(FetchError(error))
        }
    }
}

extension AttachmentKey {
    /// The id of an attachment within its message.
    var mailPart: Attachment.ID? {
        if case .mail(_, _, let id) = self { id } else { nil }
    }
}
