import LarkiveCore
import Synchronization

@testable import LarkiveFeishu

/// What was delivered for one attachment.
struct Delivered: Sendable {
    let key: AttachmentKey
    let result: Result<Received, FetchError>

    /// `link 5` for five bytes over a link, or the reason.
    var words: String {
        switch result {
        case .success(let received): "\(received.via.rawValue) \(received.staged.size)"
        case .failure(let error): error.reason.rawValue
        }
    }
}

/// Takes deliveries from whatever task makes them.
final class Inbox: Sendable {
    private let items = Mutex<[Delivered]>([])

    var all: [Delivered] { items.withLock { $0 } }

    func take(_ delivery: Delivery) {
        items.withLock { $0.append(Delivered(key: delivery.key, result: delivery.result)) }
    }
}

extension FeishuBench {
    /// What becomes of the attachments, as one parcel and in its order.
    func fetch(
        _ attachments: [Listed],
        into scratches: MemoryScratches = MemoryScratches()
    ) async -> [Delivered] {
        let inbox = Inbox()
        await parts.fetcher.fetch(Parcel(attachments: attachments), into: scratches) {
            inbox.take($0)
        }
        let places = Dictionary(
            attachments.enumerated().map { ($1.key, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return inbox.all.sorted { places[$0.key] ?? 0 < places[$1.key] ?? 0 }
    }
}

/// The test library has an `Attachment` of its own.
typealias Listed = LarkiveCore.Attachment

extension Listed {
    /// One of a mail message.
    static func mail(_ id: String, name: String = "file.bin", type: Int64 = 1) throws -> Listed {
        Listed(
            key: .mail(try .sample(), try .sample("m/1="), try .sample(id)),
            name: name,
            kind: .mail(MailPart(type: type, isInline: false, contentID: nil))
        )
    }

    static func task(_ id: String, size: Int64) throws -> Listed {
        Listed(
            key: .task(try .sample("t1"), try .sample(id)),
            name: "file.bin",
            size: size,
            kind: .task(TaskUpload(uploader: nil, uploadedAt: nil, evidence: .null))
        )
    }
}
