import Crypto
import Synchronization

/// Remembers the SHA-256 of contents, each hashed as a stream when first asked for.
final class DigestCache: Sendable {
    private let known = Mutex<[World.Content: String]>([:])

    func digest(of content: World.Content) -> String {
        if let digest = known.withLock({ $0[content] }) { return digest }
        var hasher = SHA256()
        for piece in ContentStream(content) { hasher.update(data: piece) }
        let digest = Self.hex(hasher.finalize())
        known.withLock { $0[content] = digest }
        return digest
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
