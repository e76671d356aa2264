/// The members of one mapping, by name.
struct StrictFields {
    let owner: StrictNode
    let values: [String: StrictNode]

    subscript(_ name: String) -> StrictNode? { values[name] }

    func needed(_ name: String) throws(WorldFileError) -> StrictNode {
        guard let value = values[name] else { throw owner.error("'\(name)' is missing") }
        return value
    }

    func text(_ name: String) throws(WorldFileError) -> String? { try values[name]?.text() }

    func integer(_ name: String) throws(WorldFileError) -> Int? { try values[name]?.integer() }

    func flag(_ name: String) throws(WorldFileError) -> Bool { try values[name]?.flag() ?? false }

    /// The items of a list; none when it is absent.
    func items(_ name: String) throws(WorldFileError) -> [StrictNode] {
        try values[name]?.items() ?? []
    }

    func texts(_ name: String) throws(WorldFileError) -> [String] {
        var texts: [String] = []
        for item in try items(name) { texts.append(try item.text()) }
        return texts
    }

    /// One of the words that an enumeration knows.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Word.Type
    ) throws(WorldFileError) -> Word? where Word.RawValue == String {
        guard let node = values[name] else { return nil }
        return try node.word(type)
    }
}

extension StrictNode {
    func word<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type
    ) throws(WorldFileError) -> Word where Word.RawValue == String {
        let text = try text()
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("unknown value '\(text)' (known: \(known))")
        }
        return word
    }
}
