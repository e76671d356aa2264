/// What can be wrong with an attachment's bytes inside a `batch_get` answer.
package enum InlineFlaw: String, CaseIterable, Sendable {
    /// Characters that no alphabet has.
    case invalid
    case null
    case empty
    /// One `=` too many at the end.
    case padding
    /// A line break in the middle.
    case whitespace
    /// `+` and `/` in place of `-` and `_`.
    case plainAlphabet = "plain_alphabet"
    /// The text ends after three quarters; what is there is well formed.
    case short
    /// A number in place of the text.
    case number
}

/// An attachment's bytes as they stand in a JSON string: encoded while they are sent.
package struct InlineBody: Equatable, Sendable {
    let content: World.Content
    let flaw: InlineFlaw?

    /// The length of the text between the quotes.
    var count: Int {
        let whole = (content.count + 2) / 3 * 4
        switch flaw {
        case .short: return whole / 16 * 12
        case .invalid where whole > 0, .whitespace, .padding: return whole + 1
        default: return whole
        }
    }
}
