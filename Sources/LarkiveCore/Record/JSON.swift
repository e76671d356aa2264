/// A JSON value as larkive keeps it: integers are exact, other numbers stay text.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is no integer of 64 bits, as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of an object in the order in which they stand.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSON

        package init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    /// The first member of that name.
    package subscript(_ name: String) -> JSON? {
        members.first { $0.name == name }?.value
    }

    package mutating func append(_ name: String, _ value: JSON) {
        members.append(Member(name: name, value: value))
    }

    /// Sorted by the UTF-8 bytes of the names, at every level.
    package var sorted: JSONObject {
        JSONObject(
            members.map { Member(name: $0.name, value: $0.value.sorted) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        )
    }
}

extension JSONObject {
    package var withIntegersOnly: JSONObject {
        JSONObject(members.map { Member(name: $0.name, value: $0.value.withIntegersOnly) })
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Members whose value is nil are left out.
    package init(dictionaryLiteral elements: (String, JSON?)...) {
        self.init(
            elements.compactMap { name, value in value.map { Member(name: name, value: $0) } }
        )
    }
}

extension JSON {
    package var sorted: JSON {
        switch self {
        case .object(let object): .object(object.sorted)
        case .array(let items): .array(items.map(\.sorted))
        case .null, .bool, .integer, .number, .string: self
        }
    }

    /// The same value with every number that is no integer written as text.
    package var withIntegersOnly: JSON {
        switch self {
        case .number(let text): .string(text)
        case .array(let items): .array(items.map(\.withIntegersOnly))
        case .object(let object): .object(object.withIntegersOnly)
        case .null, .bool, .integer, .string: self
        }
    }

    package subscript(_ name: String) -> JSON? { object?[name] }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package init(_ value: Int) { self = .integer(Int64(value)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
