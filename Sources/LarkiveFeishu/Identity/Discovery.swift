package import LarkiveCore

/// What the platform lists beside the configured mailboxes.
package struct Discovery: Equatable, Sendable {
    /// How to look.
    package enum Way: String, CaseIterable, Sendable { case accessible, `public` }

    /// A mailbox that is listed and not walked.
    package struct LeftOut: Equatable, Sendable {
        package let address: Mailbox.ID
        package let why: String
    }

    /// To be walked: the configured ones first, each once.
    package internal(set) var mailboxes: [Mailbox.ID] = []
    package internal(set) var leftOut: [LeftOut] = []
    /// What could not be looked into, by name; the others are found all the same.
    package internal(set) var failures: [SourceError] = []

    package init() {}

    mutating func add(_ found: [ListedMailbox]) {
        for mailbox in found where !mailboxes.contains(mailbox.address) {
            guard let why = mailbox.reason else {
                mailboxes.append(mailbox.address)
                continue
            }
            guard !leftOut.contains(where: { $0.address == mailbox.address }) else { continue }
            leftOut.append(LeftOut(address: mailbox.address, why: why))
        }
        leftOut.removeAll { mailboxes.contains($0.address) }
    }
}

/// Asks the platform which mailboxes there are.
///
/// No call lists all mailboxes of a tenant: one asks each configured mailbox what its owner may
/// open, and for the public mailboxes.
package struct FeishuDiscovery: Sendable {
    private let client: FeishuClient

    init(_ client: FeishuClient) { self.client = client }

    /// Public mailboxes first: they cannot be asked what their owner may open.
    package func look(
        _ ways: [Discovery.Way],
        from configured: [Mailbox.ID]
    ) async -> Discovery {
        var discovery = Discovery()
        discovery.mailboxes = configured
        let shared = ways.contains(.public) ? await addPublic(to: &discovery) : []
        guard ways.contains(.accessible) else { return discovery }
        for mailbox in configured where !shared.contains(mailbox) {
            do throws(SourceError) {
                discovery.add(try await accessible(to: mailbox.rawValue))
            } catch {
                discovery.failures.append(error)
            }
        }
        return discovery
    }

    private func addPublic(to discovery: inout Discovery) async -> Set<Mailbox.ID> {
        do throws(SourceError) {
            let found = try await publicMailboxes()
            discovery.add(found)
            return Set(found.map(\.address))
        } catch {
            discovery.failures.append(error)
            return []
        }
    }

    /// The address that `me` stands for.
    package func primaryAddress() async throws(SourceError) -> Mailbox.ID {
        let found = try await accessible(to: "me")
        guard let own = found.first(where: { $0.kind == .primary }) else {
            throw SourceError(
                .forbidden,
                "mailbox me: the platform lists no mailbox of the user's own",
                hint: "name an address in mail.mailboxes"
            )
        }
        return own.address
    }

    private func accessible(to mailbox: String) async throws(SourceError) -> [ListedMailbox] {
        let place = "discovery, mailbox \(mailbox)"
        let data: JSONObject
        do throws(FeishuError) {
            data = try await client.answer(to: FeishuCall(.accessibleMailboxes, mailbox)).data
        } catch {
            throw SourceError(error, in: place)
        }
        do throws(BadAnswer) {
            return try ListedMailbox.accessible(data)
        } catch {
            throw SourceError(.incomplete, "\(place): \(error.detail)")
        }
    }

    private func publicMailboxes() async throws(SourceError) -> [ListedMailbox] {
        let place = "discovery, public mailboxes"
        var pager = Pager(client, FeishuCall(.publicMailboxes), id: { $0["email"]?.string })
        var found: [ListedMailbox] = []
        while true {
            let page: Page
            do throws(ListError) {
                guard let next = try await pager.next() else { return found }
                page = next.page
            } catch {
                throw SourceError(error, in: place)
            }
            do throws(BadAnswer) {
                for item in page.items { found.append(try ListedMailbox.shared(item)) }
            } catch {
                throw SourceError(.incomplete, "\(place): \(error.detail)")
            }
        }
    }
}
