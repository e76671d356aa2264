internal import Crypto
internal import FoundationEssentials
package import LarkiveCore

/// What a signed note says: the log's size and root at one time.
///
/// Source: C2SP tlog-checkpoint and signed-note.
package struct Checkpoint: Hashable, Sendable {
    /// What a log can hold; JSON readers agree on no number beyond.
    static let sizes: Range<Int64> = 0..<(1 << 53)

    package let origin: String
    package let size: Int64
    package let root: ContentDigest

    /// The text that is signed.
    var text: String {
        "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n"
    }

    init(origin: String, size: Int64, root: ContentDigest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note; nil when it is not exactly three lines of the right form.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, let size = Int64(lines[1]),
            Self.sizes.contains(size), let hash = Data(base64Encoded: String(lines[2])),
            let root = ContentDigest(bytes: hash)
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
        guard self.text == text else { return nil }
    }
}

/// The public half of an archive's key, in the form of C2SP signed-note.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    private static let ed25519: UInt8 = 1

    package let name: String
    let publicKey: [UInt8]

    init(name: String, publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
    }

    /// The first four bytes of SHA-256(name, LF, 1, public key).
    var id: [UInt8] {
        Array(ContentDigest.of(Array(name.utf8), [0x0A, Self.ed25519], publicKey).bytes.prefix(4))
    }

    package var description: String {
        "\(name)+\(Hex.text(id))+\(Data([Self.ed25519] + publicKey).base64EncodedString())"
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2).map(String.init)
        guard parts.count == 3, let key = Data(base64Encoded: parts[2]), key.count == 33,
            key.first == Self.ed25519
        else { return nil }
        self.init(name: parts[0], publicKey: Array(key.dropFirst()))
        guard description == text else { return nil }
    }
}

/// A checkpoint with its signature, as it stands in a file.
package struct SignedNote: Hashable, Sendable {
    private static let dash = "\u{2014}"

    package let checkpoint: Checkpoint
    package let text: String

    /// Signs a checkpoint.
    init(_ checkpoint: Checkpoint, with key: SigningKey) throws(AuditError) {
        let verifier = key.verifier(for: checkpoint.origin)
        let signature = try key.sign(Array(checkpoint.text.utf8))
        let blob = Data(verifier.id + signature).base64EncodedString()
        self.checkpoint = checkpoint
        text = "\(checkpoint.text)\n\(Self.dash) \(checkpoint.origin) \(blob)\n"
    }

    /// Reads a note and checks that this key signed it; nil otherwise.
    ///
    /// A note is its text, an empty line, and signatures of anybody, each with its line feed: with
    /// anything else behind or between it is none.
    package init?(_ text: String, signedBy verifier: VerifierKey) {
        guard let (checkpoint, signatures) = Self.parts(of: text),
            checkpoint.origin == verifier.name,
            signatures.contains(where: { $0.isValid(of: checkpoint, by: verifier) })
        else { return nil }
        self.checkpoint = checkpoint
        self.text = text
    }

    /// Whether it is a note at all, whoever has signed it.
    static func isOne(_ text: String) -> Bool { parts(of: text) != nil }

    private static func parts(of text: String) -> (Checkpoint, [Signature])? {
        let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let checkpoint = Checkpoint(text: parts[0] + "\n")
        else { return nil }
        let lines = parts[1].split(separator: "\n", omittingEmptySubsequences: false)
        let signatures = lines.dropLast().compactMap { Signature($0) }
        guard lines.last?.isEmpty == true, !signatures.isEmpty,
            signatures.count == lines.count - 1
        else { return nil }
        return (checkpoint, signatures)
    }

    /// A line `— NAME BASE64`: whose it says it is, and four bytes of the key before the signature.
    private struct Signature {
        let name: Substring
        let blob: Data

        init?(_ line: Substring) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == dash, !words[1].isEmpty, !words[1].contains("+"),
                let blob = Data(base64Encoded: String(words[2])), blob.count > 4,
                blob.base64EncodedString() == words[2]
            else { return nil }
            (name, self.blob) = (words[1], blob)
        }

        func isValid(of checkpoint: Checkpoint, by verifier: VerifierKey) -> Bool {
            guard name == verifier.name, Array(blob.prefix(4)) == verifier.id,
                let key = try? Curve25519.Signing.PublicKey(
                    rawRepresentation: verifier.publicKey
                )
            else { return false }
            return key.isValidSignature(
                Data(blob.dropFirst(4)),
                for: Data(checkpoint.text.utf8)
            )
        }
    }
}

/// The private half of an archive's key (Ed25519), kept in STATE.
struct SigningKey: Sendable {
    private let seed: Secret<[UInt8]>

    init(seed: Secret<[UInt8]>) { self.seed = seed }

    static func made() -> SigningKey {
        SigningKey(seed: Secret(Array(Curve25519.Signing.PrivateKey().rawRepresentation)))
    }

    /// The file's content: the 32 bytes of the seed in base64 and a line feed.
    init?(file: [UInt8]) {
        let text = String(decoding: file, as: UTF8.self)
        guard text.last == "\n", let seed = Data(base64Encoded: String(text.dropLast())),
            seed.count == 32
        else { return nil }
        self.init(seed: Secret(Array(seed)))
    }

    var file: Secret<[UInt8]> {
        Secret(Array((Data(seed.reveal()).base64EncodedString() + "\n").utf8))
    }

    func verifier(for origin: String) -> VerifierKey {
        let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed.reveal())
        return VerifierKey(
            name: origin,
            publicKey: Array(key?.publicKey.rawRepresentation ?? Data())
        )
    }

    func sign(_ bytes: [UInt8]) throws(AuditError) -> [UInt8] {
        do {
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.reveal())
            return Array(try key.signature(for: bytes))
        } catch {
            throw AuditError(.keyMissing, "the signing key in STATE cannot be used")
        }
    }
}
