/// Whom to ask for the bytes of a damaged object, best first.
///
/// Any place in mail that carries it will do, since mail does not change; of a task only the
/// content that hangs there now. What has vanished is asked last: the platform may still have it.
package struct RepairPlan: Equatable, Sendable {
    package let asked: [RepairPlace]

    package init(_ places: [RepairPlace]) {
        asked = places.filter { $0.isMail || $0.isCurrent }
            .sorted { ($0.rank, $0.item.number) < ($1.rank, $1.item.number) }
    }
}

/// An attachment one of whose versions has the bytes that are looked for.
package struct RepairPlace: Hashable, Sendable {
    package let item: WorkItem
    /// Whether that version is what hangs there now.
    package let isCurrent: Bool
    package let hasVanished: Bool

    package init(item: WorkItem, isCurrent: Bool, hasVanished: Bool) {
        self.item = item
        self.isCurrent = isCurrent
        self.hasVanished = hasVanished
    }

    var isMail: Bool {
        if case .mail = item.attachment.key { true } else { false }
    }

    /// Mail before tasks, since its bytes cannot have changed.
    var rank: Int { (hasVanished ? 2 : 0) + (isMail ? 0 : 1) }
}

/// Looks in Feishu for the bytes of an object.
package struct RepairFetch: Sendable {
    private let fetcher: any AttachmentFetcher
    private let scratches: any ScratchStore

    package enum Answer: Sendable {
        case found(Received, from: AttachmentKey)
        /// Nobody was able to say; another time it may be different.
        case later(String)
        /// The platform has it no more, or has other bytes there.
        case nowhere(String)
    }

    package init(fetcher: any AttachmentFetcher, scratches: any ScratchStore) {
        self.fetcher = fetcher
        self.scratches = scratches
    }

    /// Asks one place after the other, until one has the bytes.
    package func bring(_ digest: ContentDigest, _ plan: RepairPlan) async -> Answer {
        var (words, isCertain) = ([String](), true)
        for place in plan.asked {
            let key = place.item.attachment.key
            switch await download(place.item.attachment) {
            case .success(let received) where received.staged.digest == digest:
                return .found(received, from: key)
            case .success(let received):
                await received.staged.scratch.discard()
                words.append("\(key): other bytes")
            case .failure(let error):
                words.append("\(key): \(error.reason.rawValue): \(error.detail)")
                isCertain = isCertain && error.reason.isFinal(ofVanished: place.hasVanished)
            }
        }
        if words.isEmpty { words = ["nothing that hangs in Feishu carries it any more"] }
        let text = words.joined(separator: "; ")
        return isCertain ? .nowhere(text) : .later(text)
    }

    private func download(_ attachment: Attachment) async -> Result<Received, FetchError> {
        let delivered = Delivered()
        await fetcher.fetch(Parcel(attachments: [attachment]), into: scratches) { delivery in
            await delivered.take(delivery.result)
        }
        return await delivered.result
    }
}

private actor Delivered {
    private(set) var result: Result<Received, FetchError> =
        .failure(FetchError(.interrupted, "nothing was delivered"))

    func take(_ result: Result<Received, FetchError>) { self.result = result }
}

extension FailureReason {
    /// Whether asking again cannot help.
    ///
    /// Of what is known to have vanished every refusal is its last word: the platform answers with
    /// errors of many kinds where a message is gone.
    fileprivate func isFinal(ofVanished hasVanished: Bool) -> Bool {
        switch self {
        case .notFound, .linkRefused, .oversizedUnavailable: true
        case .badAnswer, .forbidden, .mayBePermission, .linkDead, .badLink, .lost, .shortBody,
            .longBody, .notAFile:
            hasVanished
        case .throttled, .serverError, .connection, .interrupted, .credentials, .quota, .noSpace,
            .notWritable:
            false
        }
    }
}
