internal import LarkiveCore

/// `provenance.jsonl` and `provenance.csv`: a row for each attachment, however many share its bytes.
struct ProvenanceFiles {
    private let bag: BagFolder
    private let lines: BagFile
    private let table: BagFile

    init(_ bag: BagFolder) throws {
        self.bag = bag
        lines = try bag.tag("provenance.jsonl")
        table = try bag.tag("provenance.csv")
        try table.write(Table.provenance.header)
    }

    func add(_ row: FileRow, _ found: Evidence, _ path: [String]) throws {
        var object = JSONObject([
            JSONObject.Member(name: "path", value: .string(path.joined(separator: "/")))
        ])
        for member in row.catalogued.members where !["state", "rule"].contains(member.name) {
            object.append(member.name, member.value)
        }
        if let held = found.held { object.append("record_held", .integer(held)) }
        object.append("records_listed", .array(found.listed.map(JSON.integer)))
        object.append(
            "listed_private",
            .string(found.isGiven && !found.listed.isEmpty ? "given" : "withheld")
        )
        try lines.write(JSONWriter.bytes(of: .object(object)) + [0x0A])
        try table.write(Table.provenance.line(of: object))
    }

    func end() throws {
        try bag.end(lines)
        try bag.end(table)
    }
}
