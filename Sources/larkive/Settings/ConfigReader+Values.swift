import LarkiveCore
import Yams

extension ConfigReader {
    /// The keys of a section, all of them known and each there once.
    func section(
        _ node: Node,
        _ name: String,
        _ known: [String]
    ) throws(UsageError) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            // A section with nothing under it.
            if node.null != nil { return [:] }
            throw wrong(node, name, "keys and values are needed here")
        }
        var found: [String: Node] = [:]
        for (key, value) in mapping {
            let word = key.string ?? ""
            let full = name.isEmpty ? word : "\(name).\(word)"
            guard known.contains(word) else { throw unknown(key, full, known, in: name) }
            guard found.updateValue(value, forKey: word) == nil else {
                throw wrong(key, full, "it stands here twice")
            }
        }
        return found
    }

    func unknown(
        _ node: Node,
        _ name: String,
        _ known: [String],
        in section: String
    ) -> UsageError {
        let word = String(name.split(separator: ".").last ?? "")
        let nearest = known.min { word.distance(to: $0) < word.distance(to: $1) } ?? ""
        let full = section.isEmpty ? nearest : "\(section).\(nearest)"
        return UsageError(
            "\(place(of: node)): unknown key `\(name)`",
            hint: "did you mean `\(full)`?"
        )
    }

    func missing(_ name: String) -> UsageError {
        UsageError("\(path): `\(name)` is missing", hint: "see docs/operating.md")
    }

    func wrong(_ node: Node, _ name: String, _ why: String) -> UsageError {
        UsageError("\(place(of: node)): `\(name)`: \(why)")
    }

    func place(of node: Node) -> String {
        node.mark.map { "\(path), line \($0.line)" } ?? path
    }

    func text(_ node: Node, _ name: String) throws(UsageError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty, node.null == nil else {
            throw wrong(node, name, "a text is needed")
        }
        return text
    }

    func flag(_ node: Node, _ name: String) throws(UsageError) -> Bool {
        guard let flag = node.bool else { throw wrong(node, name, "`true` or `false` is needed") }
        return flag
    }

    func list(
        _ node: Node,
        _ name: String
    ) throws(UsageError) -> [(node: Node, value: String)] {
        guard case .sequence(let sequence) = node else {
            throw wrong(node, name, "a list is needed, like [a, b]")
        }
        var values: [(Node, String)] = []
        for item in sequence { values.append((item, try text(item, name))) }
        return values
    }

    func ids<ID: Hashable>(
        _ node: Node,
        _ name: String,
        _ form: String,
        _ make: (String) -> ID?
    ) throws(UsageError) -> [ID] {
        var ids: [ID] = []
        for (item, value) in try list(node, name) {
            guard let id = make(value) else { throw wrong(item, name, "`\(value)` is not \(form)") }
            guard !ids.contains(id) else { throw wrong(item, name, "`\(value)` is here twice") }
            ids.append(id)
        }
        return ids
    }

    func filePath(_ node: Node, _ name: String) throws(UsageError) -> String {
        let path = try text(node, name)
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    func absolute(_ node: Node, _ name: String) throws(UsageError) -> String {
        let path = try text(node, name)
        guard path.hasPrefix("/") else { throw wrong(node, name, "it must be absolute") }
        return path
    }
}

extension String {
    /// Edits between two words (Levenshtein).
    func distance(to other: String) -> Int {
        var row = Array(0...other.count)
        for (line, character) in enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, candidate) in other.enumerated() {
                let cost = diagonal + (character == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(cost, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[other.count]
    }
}
