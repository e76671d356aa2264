import LarkiveCore

/// The answer of the link call for mail: links by attachment id, and ids that got none.
///
/// Their order is not promised. Source: the page on download links of mail.
struct MailLinks: Sendable {
    private var urls: [String: String] = [:]
    private let refused: Set<String>
    private let sent: Duration

    init(_ data: JSONObject, sent: Duration) {
        self.sent = sent
        refused = Set((data["failed_ids"]?.array ?? []).compactMap(\.string))
        for item in data["download_urls"]?.array ?? [] {
            guard let id = item["attachment_id"]?.string, let url = item["download_url"]?.string
            else { continue }
            urls[id] = urls[id] ?? url
        }
    }

    func lease(for attachment: Attachment) -> Result<DownloadLease, FetchError> {
        let id = attachment.key.mailPart?.rawValue ?? ""
        if let url = urls[id], !url.isEmpty {
            return .success(DownloadLease(Secret(url), .mail, sent: sent))
        }
        guard refused.contains(id) else {
            return .failure(FetchError(.badAnswer, "the answer does not name the attachment"))
        }
        let isOversized =
            if case .mail(let part) = attachment.kind { part.type == 2 } else { false }
        return .failure(
            FetchError(
                isOversized ? .oversizedUnavailable : .linkRefused,
                "the attachment is among the answer's failed_ids"
            )
        )
    }
}
