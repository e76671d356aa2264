extension WorldFile {
    /// Reads a list of faults, in YAML or JSON.
    package static func faults(_ text: String) throws(WorldFileError) -> [SandboxFault] {
        guard let root = try StrictNode.root(of: text) else { return [] }
        return try faults(root.items())
    }

    /// Each is about one endpoint, or about several: those of a list, or `any`.
    static func faults(_ nodes: [StrictNode]) throws(WorldFileError) -> [SandboxFault] {
        var faults: [SandboxFault] = []
        for node in nodes {
            let fields = try node.fields(places.union(effects))
            let (when, effect) = (try matcher(fields), try effect(node, fields))
            for endpoint in try endpoints(fields.needed("endpoint")) {
                faults.append(SandboxFault(endpoint, when: when, effect))
            }
        }
        return faults
    }

    /// `any` means every call with a token: those that hand out tokens and links are not in it.
    private static func endpoints(_ node: StrictNode) throws(WorldFileError) -> [Endpoint] {
        guard !node.isList else {
            var endpoints: [Endpoint] = []
            for item in try node.items() { endpoints.append(try item.word(Endpoint.self)) }
            return endpoints
        }
        guard try node.text() == "any" else { return [try node.word(Endpoint.self)] }
        return Endpoint.allCases.filter { !$0.isOpen }
    }

    private static let places: Set = [
        "endpoint", "mailbox", "message", "attachment", "guid", "skip", "times",
    ]
    private static let effects = Set([
        "refuse", "raw", "drop", "reset", "cut", "resize", "stall", "slow", "chunked", "unframed",
        "redirect", "redirect_to", "links", "headers", "failed_ids", "throttle", "quota",
        "inline_bodies", "change",
    ]).union(PagingQuirk.allCases.map(\.rawValue))

    private static func effect(
        _ node: StrictNode,
        _ fields: StrictFields
    ) throws(WorldFileError) -> FaultEffect {
        let named = effects.filter { fields[$0] != nil }
        guard let name = named.first, named.count == 1, let value = fields[name] else {
            throw node.error(
                "a fault needs exactly one of: \(effects.sorted().joined(separator: ", "))"
            )
        }
        return try effect(name, value)
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
        case "slow": .slow(bytesPerSecond: max(1, try value.byteCount()))
        case "redirect_to": try redirect(value)
        case "links": try links(value)
        case "change": try oneChange(value)
        case "inline_bodies": .inlineBodies(try value.word(InlineFlaw.self))
        case "throttle": try throttle(value)
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
        case "reset": .reset
        case "quota": .quota
        case "chunked": .chunked
        case "unframed": .unframed
        case "redirect": .redirect
        default: .paging(PagingQuirk(rawValue: name) ?? .emptyPage)
        }
    }
}
