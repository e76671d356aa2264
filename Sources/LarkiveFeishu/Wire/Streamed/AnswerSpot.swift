/// The place of an attachment in an answer.
struct BodyPlace: Hashable, Sendable {
    /// Nil where the answer is one message and no list.
    let message: Int?
    let attachment: Int
}

/// What becomes of a text while it arrives.
enum TextUse: Equatable, Sendable {
    case name, kept
    /// Checked and forgotten: it may be large and nobody looks at it.
    case dropped
    /// A file, to be decoded into a scratch.
    case body(BodyPlace)
}

/// Where in an answer something stands, as far as it matters.
///
/// Source: the pages on getting messages by the batch (`data.messages`) and one (`data.message`).
enum AnswerSpot: Hashable, Sendable {
    case root, data, messages, elsewhere
    case message(Int?)
    case attachments(of: Int?)
    case attachment(BodyPlace)

    /// Where the value of a member stands.
    func member(_ name: String) -> AnswerSpot {
        switch (self, name) {
        case (.root, "data"): .data
        case (.data, "messages"): .messages
        case (.data, "message"): .message(nil)
        case (.message(let message), "attachments"): .attachments(of: message)
        default: .elsewhere
        }
    }

    /// Where an item of a list stands.
    func item(_ index: Int) -> AnswerSpot {
        switch self {
        case .messages: .message(index)
        case .attachments(let message):
            .attachment(BodyPlace(message: message, attachment: index))
        default: .elsewhere
        }
    }

    /// What becomes of a member that is text.
    func use(of name: String) -> TextUse {
        switch (self, name) {
        case (.attachment(let place), "body"): .body(place)
        case (.message, "body_html"), (.message, "body_plain_text"), (.message, "body_preview"):
            .dropped
        default: .kept
        }
    }
}
