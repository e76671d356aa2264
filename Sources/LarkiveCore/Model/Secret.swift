/// A value that logs, dumps and interpolates as `<redacted>`.
///
/// Deliberately not `Codable`. Download links are secrets as well: whoever has one can download.
package struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    package init(_ value: Value) { self.value = value }

    /// The only way out, and easy to search for.
    package func reveal() -> Value { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
