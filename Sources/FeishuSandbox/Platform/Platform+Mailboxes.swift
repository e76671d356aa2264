extension Platform {
    /// Source: the page on listing accessible mailboxes: not paged, one code for three causes.
    func accessibleMailboxes(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.mailboxes, visit)
        let address = try address(visit)
        guard let mailbox = world.mailboxes[address], !mailbox.isPublic, !mailbox.isForbidden,
            isOwn(address, visit.caller)
        else { throw .noSuchMailboxHere }
        let own = World.AccessibleMailbox(address, .userPrimary)
        let others = world.user?.address == address ? world.user?.accessible ?? [] : []
        return ["accessible_mailboxes": .array(([own] + others).map(\.json))]
    }

    private func isOwn(_ address: String, _ caller: Caller) -> Bool {
        guard case .user = caller else { return true }
        return world.user?.address == address
    }

    /// Source: the page on listing public mailboxes: 20 a page by default, 200 at most.
    func publicMailboxes(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.publicMailboxes, visit)
        let size = visit.call.first("page_size").map { Int($0) ?? 0 } ?? 20
        guard (1...200).contains(size) else {
            throw .badMailParameter(.publicMailboxes, "page_size must be 1 to 200")
        }
        let token = visit.call.first("page_token")
        guard let pager = Pager(list: "public", size: size, token: token) else {
            throw .badMailParameter(.publicMailboxes, "page_token")
        }
        let mailboxes = world.mailboxes.values.filter(\.isPublic)
        return try visit.page(pager, of: mailboxes.sorted { $0.address < $1.address })
            .json(\.publicJSON)
    }
}

extension World.AccessibleMailbox {
    fileprivate var json: WireJSON {
        ["email_address": .string(address), "email_type": .string(kind.rawValue)]
    }
}

extension World.Mailbox {
    fileprivate var publicJSON: WireJSON {
        [
            "public_mailbox_id": .string(StableHash.hex(address)), "email": .string(address),
            "name": .string(name), "geo": "cn",
        ]
    }
}
