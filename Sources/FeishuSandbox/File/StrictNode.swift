import Yams

/// What is wrong with a world file, and in which line.
package struct WorldFileError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
}

/// One value of a YAML (or JSON) file, read strictly: what is not understood is an error.
struct StrictNode {
    let node: Node

    static func root(of text: String) throws(WorldFileError) -> StrictNode? {
        do {
            return try compose(yaml: text).map(StrictNode.init)
        } catch let error as YamlError {
            throw WorldFileError(line: error.line, reason: "\(error)")
        } catch {
            throw WorldFileError(line: 1, reason: "\(error)")
        }
    }

    var line: Int { node.mark?.line ?? 1 }

    func error(_ reason: String) -> WorldFileError {
        WorldFileError(line: line, reason: reason)
    }

    /// The members of a mapping, none of them unknown.
    func fields(_ known: Set<String>) throws(WorldFileError) -> StrictFields {
        let members = try members()
        for (key, value) in members where !known.contains(key) {
            let names = known.sorted().joined(separator: ", ")
            let line = value.node.mark?.line ?? 1
            throw WorldFileError(line: line, reason: "unknown key '\(key)' (known: \(names))")
        }
        return StrictFields(owner: self, values: members)
    }

    /// The members of a mapping, whatever they are called.
    func members() throws(WorldFileError) -> [String: StrictNode] {
        guard let mapping = node.mapping else { throw error("expected a mapping") }
        var members: [String: StrictNode] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error("expected a plain key") }
            members[name] = StrictNode(node: value)
        }
        return members
    }
}

extension StrictNode {
    var isList: Bool { node.sequence != nil }
    var isMapping: Bool { node.mapping != nil }

    func items() throws(WorldFileError) -> [StrictNode] {
        guard let sequence = node.sequence else { throw error("expected a list") }
        return sequence.map(StrictNode.init)
    }

    func text() throws(WorldFileError) -> String {
        guard let scalar = node.scalar else { throw error("expected a text") }
        return scalar.string
    }

    func integer() throws(WorldFileError) -> Int {
        guard let number = node.int else { throw error("expected a whole number") }
        return number
    }

    func flag() throws(WorldFileError) -> Bool {
        guard let flag = node.bool else { throw error("expected true or false") }
        return flag
    }

    /// `5` or `0.25`, in seconds.
    func seconds() throws(WorldFileError) -> Duration {
        guard let number = node.float, number >= 0, number < 1e9 else {
            throw error("expected a number of seconds")
        }
        return .milliseconds(Int64(number * 1000))
    }

    /// A number from 0 to 1.
    func share() throws(WorldFileError) -> Double {
        guard let number = node.float, (0...1).contains(number) else {
            throw error("expected a number from 0 to 1")
        }
        return number
    }

    /// `12`, `12 KiB`, `3 MiB` or `2 GiB`.
    func byteCount() throws(WorldFileError) -> Int {
        let parts = try text().split(separator: " ")
        let units = ["": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
        guard (1...2).contains(parts.count), let number = Int(parts[0]), number >= 0,
            let unit = units[parts.count == 2 ? String(parts[1]) : ""],
            case (let count, false) = number.multipliedReportingOverflow(by: unit)
        else { throw error("expected a size such as 300, 12 KiB, 3 MiB or 2 GiB") }
        return count
    }

    /// Anything at all, for what is put on the wire as it stands.
    func json() throws(WorldFileError) -> WireJSON {
        if let sequence = node.sequence {
            var items: [WireJSON] = []
            for item in sequence { items.append(try StrictNode(node: item).json()) }
            return .array(items)
        }
        if let mapping = node.mapping {
            var members: [WireJSON.Member] = []
            for (key, value) in mapping {
                members.append(.init(key.scalar?.string ?? "", try StrictNode(node: value).json()))
            }
            return .object(members)
        }
        return try scalarJSON()
    }

    private func scalarJSON() throws(WorldFileError) -> WireJSON {
        guard let scalar = node.scalar else { throw error("expected a value") }
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        if let number = node.int { return .int(Int64(number)) }
        if let flag = node.bool { return .bool(flag) }
        return node.null == nil ? .string(scalar.string) : .null
    }
}

extension YamlError {
    fileprivate var line: Int {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: 1
        }
    }
}
