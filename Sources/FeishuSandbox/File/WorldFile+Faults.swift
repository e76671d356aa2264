extension WorldFile {
    /// Reads a list of faults, in YAML or JSON.
    package static func faults(_ text: String) throws(WorldFileError) -> [SandboxFault] {
        guard let root = try StrictNode.root(of: text) else { return [] }
        return try faults(root.items())
    }

    static func faults(_ nodes: [StrictNode]) throws(WorldFileError) -> [SandboxFault] {
        var faults: [SandboxFault] = []
        for node in nodes { faults.append(try fault(node)) }
        return faults
    }

    private static let places: Set = [
        "endpoint", "mailbox", "message", "attachment", "guid", "skip", "times",
    ]
    private static let effects: Set = [
        "refuse", "raw", "drop", "cut", "resize", "stall", "chunked", "unframed", "redirect",
        "headers", "failed_ids", "empty_page",
    ]

    private static func fault(_ node: StrictNode) throws(WorldFileError) -> SandboxFault {
        let fields = try node.fields(places.union(effects))
        let endpoint = try fields.needed("endpoint").word(Endpoint.self)
        let named = effects.filter { fields[$0] != nil }
        guard let name = named.first, named.count == 1, let value = fields[name] else {
            throw node.error(
                "a fault needs exactly one of: \(effects.sorted().joined(separator: ", "))"
            )
        }
        return SandboxFault(endpoint, when: try matcher(fields), try effect(name, value))
    }

    private static func matcher(_ fields: StrictFields) throws(WorldFileError) -> FaultMatcher {
        FaultMatcher(
            mailbox: try fields.text("mailbox"),
            message: try fields.text("message"),
            attachment: try fields.text("attachment"),
            guid: try fields.text("guid"),
            skip: try fields.integer("skip") ?? 0,
            times: try fields.integer("times")
        )
    }

    private static func effect(
        _ name: String,
        _ value: StrictNode
    ) throws(WorldFileError) -> FaultEffect {
        switch name {
        case "refuse": try refusal(value)
        case "raw": try raw(value)
        case "cut": .cut(after: try value.byteCount())
        case "resize": .resize(by: try value.integer())
        case "stall": try stall(value)
        case "headers": .headers(try headers(value))
        case "failed_ids": try failedIDs(value)
        default: try accident(name, value)
        }
    }

    /// The effects that have nothing to say but `true`.
    private static func accident(
        _ name: String,
        _ value: StrictNode
    ) throws(WorldFileError) -> FaultEffect {
        guard try value.flag() else { throw value.error("'\(name)' can only be true") }
        return switch name {
        case "drop": .drop
        case "chunked": .chunked
        case "unframed": .unframed
        case "redirect": .redirect
        default: .emptyPage
        }
    }

    private static func refusal(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["status", "code", "msg", "headers"])
        return .refuse(
            status: try status(fields),
            code: Int64(try fields.needed("code").integer()),
            message: try fields.text("msg") ?? "scripted",
            headers: try fields["headers"].map(headers) ?? []
        )
    }

    private static func raw(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["status", "type", "body", "headers"])
        return .raw(
            status: try status(fields),
            type: try fields.text("type") ?? "text/html",
            body: try fields.text("body") ?? "",
            headers: try fields["headers"].map(headers) ?? []
        )
    }

    private static func status(_ fields: StrictFields) throws(WorldFileError) -> Int {
        let status = try fields.integer("status") ?? 200
        guard (200...599).contains(status) else { throw fields.owner.error("status out of range") }
        return status
    }

    private static func stall(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["after", "seconds"])
        return .stall(
            after: try fields.integer("after") ?? 0,
            lasts: try fields.needed("seconds").seconds()
        )
    }

    private static func headers(_ node: StrictNode) throws(WorldFileError) -> [Header] {
        var lines: [Header] = []
        for (name, value) in try node.members().sorted(by: { $0.key < $1.key }) {
            lines.append(Header(name, try value.text()))
        }
        return lines
    }

    /// `all`, or a list of ids.
    private static func failedIDs(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        if (try? node.text()) == "all" { return .failedIDs([]) }
        var ids: [String] = []
        for item in try node.items() { ids.append(try item.text()) }
        return .failedIDs(ids)
    }
}
