extension WorldFile {
    /// Either `text`, or `size` with an optional `content` number; equal numbers, equal bytes.
    static func content(
        _ fields: StrictFields,
        name: String,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> World.Content {
        if let text = try fields.text("text") {
            guard fields["size"] == nil, fields["content"] == nil else {
                throw fields.owner.error("'text' stands alone, without 'size' and 'content'")
            }
            return .text(text)
        }
        let size = try fields.needed("size").byteCount()
        let named = try fields.integer("content").map { UInt64(clamping: $0) }
        let id = named ?? StableHash.value(counter.nextID(name))
        return .generated(seed: counter.seed, id: id, count: size)
    }

    /// `wire` replaces members on the wire, `omit` leaves some out.
    static func distortion(_ fields: StrictFields) throws(WorldFileError) -> Distortion {
        var replaced: [WireJSON.Member] = []
        if let wire = fields["wire"] {
            for (name, value) in try wire.members().sorted(by: { $0.key < $1.key }) {
                replaced.append(WireJSON.Member(name, try value.json()))
            }
        }
        return Distortion(replaced: replaced, omitted: Set(try fields.texts("omit")))
    }

    /// Milliseconds since 1970, or the next minute of the file's own time.
    static func moment(
        _ node: StrictNode?,
        _ counter: inout WorldFileCounter
    ) throws(WorldFileError) -> Moment {
        guard let node else { return counter.nextMoment() }
        return Moment(milliseconds: Int64(try node.integer()))
    }
}
