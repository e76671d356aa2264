internal import Crypto
package import LarkiveCore

/// A node of the audit tree (RFC 6962 section 2.1, SHA-256).
typealias TreeHash = ContentDigest

extension ContentDigest {
    /// The SHA-256 of the parts, one after the other.
    static func of(_ parts: [UInt8]...) -> ContentDigest {
        var hasher = SHA256()
        for part in parts { hasher.update(data: part) }
        return ContentDigest(hasher.finalize())
    }

    init(_ digest: SHA256.Digest) {
        // A digest always has 32 bytes, so the zero is never seen.
        self = ContentDigest(bytes: Array(digest)) ?? .zero
    }

    static let zero: ContentDigest = .of([UInt8]())

    static func leaf(_ record: [UInt8]) -> TreeHash { .of([0x00], record) }

    static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        .of([0x01], left.bytes, right.bytes)
    }
}

/// Hashes bytes that come in pieces.
package struct StreamDigest {
    private var hasher = SHA256()

    package init() {}

    package mutating func append(_ bytes: [UInt8]) { hasher.update(data: bytes) }
    package func finish() -> ContentDigest { ContentDigest(hasher.finalize()) }
}
