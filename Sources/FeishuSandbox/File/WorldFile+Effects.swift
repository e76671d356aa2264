/// The effects that have more to say than `true`.
extension WorldFile {
    static func refusal(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["status", "code", "msg", "headers"])
        return .refuse(
            status: try status(fields),
            code: Int64(try fields.needed("code").integer()),
            message: try fields.text("msg") ?? "scripted",
            headers: try fields["headers"].map(headers) ?? []
        )
    }

    static func raw(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["status", "type", "body", "headers"])
        return .raw(
            status: try status(fields),
            type: try fields.text("type") ?? "text/html",
            body: try fields.text("body") ?? "",
            headers: try fields["headers"].map(headers) ?? []
        )
    }

    private static func status(
        _ fields: StrictFields,
        or normal: Int = 200
    ) throws(WorldFileError) -> Int {
        let status = try fields.integer("status") ?? normal
        guard (200...599).contains(status) else { throw fields.owner.error("status out of range") }
        return status
    }

    static func stall(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["after", "seconds"])
        return .stall(
            after: try fields.integer("after") ?? 0,
            lasts: try fields.needed("seconds").seconds()
        )
    }

    static func headers(_ node: StrictNode) throws(WorldFileError) -> [Header] {
        var lines: [Header] = []
        for (name, value) in try node.members().sorted(by: { $0.key < $1.key }) {
            lines.append(Header(name, try value.text()))
        }
        return lines
    }

    /// `all`, or a list of ids.
    static func failedIDs(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        if (try? node.text()) == "all" { return .failedIDs([]) }
        var ids: [String] = []
        for item in try node.items() { ids.append(try item.text()) }
        return .failedIDs(ids)
    }

    /// An address, or one with its `status`.
    static func redirect(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        guard node.isMapping else { return .redirectTo(try node.text()) }
        let fields = try node.fields(["location", "status"])
        return .redirectTo(
            try fields.needed("location").text(),
            status: try status(fields, or: 302)
        )
    }

    /// Fewer `uses` or `seconds` than are documented.
    static func links(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["uses", "seconds"])
        return .links(
            uses: try fields.integer("uses"),
            life: try fields["seconds"]?.seconds()
        )
    }

    /// `reset` and `retry_after` are sent as they are written, whatever they are.
    static func throttle(_ node: StrictNode) throws(WorldFileError) -> FaultEffect {
        let fields = try node.fields(["status", "reset", "retry_after"])
        return .throttle(
            status: try status(fields, or: 429),
            reset: try fields.text("reset"),
            retryAfter: try fields.text("retry_after")
        )
    }
}
