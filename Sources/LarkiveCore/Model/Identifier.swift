/// A name handed out by Feishu.
///
/// `Subject` exists only to keep ids apart. Valid: not empty, at most 1,024 bytes, no control bytes.
/// Mail ids are base64 and may contain `/`: never use one as a path component.
package struct Identifier<Subject>: Hashable, Sendable {
    package static var longest: Int { 1_024 }

    package let rawValue: String

    package init?(_ rawValue: String) {
        let bytes = rawValue.utf8
        guard !bytes.isEmpty, bytes.count <= Self.longest,
            bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        self.rawValue = rawValue
    }
}

extension Identifier: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension Identifier: CustomStringConvertible {
    package var description: String { rawValue }
}

/// A mailbox; its id is the address, in lower case.
package enum Mailbox {
    package typealias ID = Identifier<Mailbox>

    /// Reads an address: lower-cased, with one `@` inside.
    package static func address(_ text: String) -> ID? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return ID(text.lowercased())
    }
}

/// A list of tasks.
package enum Tasklist {
    package typealias ID = Identifier<Tasklist>
}

/// A user of the tenant, by open id.
package enum Person {
    package typealias ID = Identifier<Person>
}
