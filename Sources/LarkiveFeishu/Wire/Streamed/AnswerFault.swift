import LarkiveCore

/// Why an answer could not be read while it came.
enum AnswerFault: Error, Equatable, Sendable {
    case notJSON(JSONError.Kind)
    case tooLarge
    /// The answer broke off.
    case cut
    /// Nothing came any more, which says nothing about what was asked for.
    case silent
    case cancelled

    /// Reads a single value with the one reader, so that there is one opinion on it.
    static func read(_ bytes: [UInt8]) throws(AnswerFault) -> JSON {
        do {
            return try JSONReader.read(bytes)
        } catch {
            throw .notJSON(error.kind)
        }
    }
}

/// How large an answer may be that is read while it comes.
///
/// What is kept is held in memory; what is streamed is held nowhere.
struct AnswerLimits: Sendable {
    /// Documented for one file: 37 MB.
    static let largestBody = 37 << 20
    /// One open file each.
    static let mostBodies = 100
    static let deepest = 64

    var kept = 16 << 20
    /// Values, since a small one takes more room than its text.
    var values = 1 << 19
    var streamed: Int

    /// For so many messages: a file of the largest size for each; alone, a message may have more.
    init(messages: Int) {
        let one = Self.largestBody / 3 * 4 + 1 << 20
        streamed = messages > 1 ? messages * one : 8 * one
    }

    /// In bytes, as an answer may declare it.
    var most: Int { kept + streamed }
}
