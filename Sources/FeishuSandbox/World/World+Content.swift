extension World {
    /// The bytes behind an attachment, without the bytes.
    ///
    /// Equal values are equal files, wherever they hang.
    package enum Content: Hashable, Sendable {
        /// So many pseudo-random bytes, made while they are sent.
        case generated(seed: UInt64, id: UInt64, count: Int)
        case text(String)

        package var count: Int {
            switch self {
            case .generated(_, _, let count): count
            case .text(let text): text.utf8.count
            }
        }
    }
}
