package import LarkiveCore

/// Brings attachments over links that Feishu makes: asked for together, used side by side.
///
/// Deliveries come in any order, one at a time for each parcel. Over all parcels no more than the agreed number of
/// downloads run; who calls with more parcels keeps the links coming meanwhile.
package struct FeishuFetcher: AttachmentFetcher {
    private let tools: FetchTools
    private let desk: LeaseDesk

    init(_ tools: FetchTools, _ desk: LeaseDesk) {
        self.tools = tools
        self.desk = desk
    }

    package func fetch(
        _ parcel: Parcel,
        into scratches: any ScratchStore,
        deliver: @Sendable (Delivery) async -> Void
    ) async {
        let listed = await leasesOfListing(parcel.attachments)
        let others = parcel.attachments.filter { listed[$0.key] == nil }
        let minted = Task.isCancelled ? [:] : await tools.mint.leases(for: others)
        await withTaskGroup(of: Delivery.self) { group in
            for attachment in parcel.attachments {
                let key = attachment.key
                let first: FirstLink =
                    if let lease = listed[key] { .listed(lease) } else { .minted(minted[key]) }
                group.addTask {
                    Delivery(key, await bring(attachment, first, into: scratches))
                }
            }
            for await delivery in group { await deliver(delivery) }
        }
    }

    /// Where the first link of an attachment comes from.
    private enum FirstLink: Sendable {
        case listed(DownloadLease)
        case minted(Result<DownloadLease, FetchError>?)
    }

    private func leasesOfListing(
        _ attachments: [Attachment]
    ) async -> [AttachmentKey: DownloadLease] {
        var leases: [AttachmentKey: DownloadLease] = [:]
        for attachment in attachments {
            leases[attachment.key] = await desk.take(attachment.key, at: tools.ticker.now)
        }
        return leases
    }

    private func bring(
        _ attachment: Attachment,
        _ first: FirstLink,
        into scratches: any ScratchStore
    ) async -> Result<Received, FetchError> {
        do throws(FetchError) {
            guard !Task.isCancelled else { throw FetchError(.interrupted, "interrupted") }
            var item =
                switch first {
                case .listed(let lease):
                    ItemFetch(attachment, tools, lease: lease, way: .listingLink)
                case .minted(let result):
                    ItemFetch(attachment, tools, lease: try result?.get(), way: .link)
                }
            return .success(try await item.run(into: scratches))
        } catch {
            if Task.isCancelled { return .failure(FetchError(.interrupted, "interrupted")) }
            // An interruption that nobody asked for is a lost connection: it belongs into the ledger.
            guard error.reason == .interrupted else { return .failure(error) }
            return .failure(FetchError(.connection, error.detail))
        }
    }
}
