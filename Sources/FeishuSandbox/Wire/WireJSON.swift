/// A JSON value whose objects keep their members in order.
package enum WireJSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    /// A string that is made while it is sent.
    case inline(InlineBody)
    case array([WireJSON])
    case object([Member])

    /// One name and its value.
    package struct Member: Equatable, Sendable {
        package var name: String
        package var value: WireJSON

        package init(_ name: String, _ value: WireJSON) {
            self.name = name
            self.value = value
        }
    }
}

extension WireJSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension WireJSON: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .int(value) }
}

extension WireJSON: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension WireJSON: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: WireJSON...) { self = .array(elements) }
}

extension WireJSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, WireJSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

extension WireJSON {
    /// The value of a member, if this is an object that has it.
    package subscript(_ name: String) -> WireJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The members in another order; of an object alone, not of what it holds.
    func shuffled(_ generator: inout SeededGenerator) -> WireJSON {
        guard case .object(var members) = self else { return self }
        for index in members.indices.reversed() {
            members.swapAt(index, generator.below(index + 1))
        }
        return .object(members)
    }

    /// Adds members at the end of an object; anything else stays as it is.
    mutating func append(_ name: String, _ value: WireJSON) {
        guard case .object(var members) = self else { return }
        members.append(Member(name, value))
        self = .object(members)
    }
}
