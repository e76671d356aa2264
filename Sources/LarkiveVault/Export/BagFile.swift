internal import LarkiveCore

/// A file of a bag that is being written; its digest is known at its end.
final class BagFile {
    private static let chunk = 1 << 16

    /// Within the bag, with slashes.
    let path: String
    private let file: File
    private var digest: StreamDigest?
    private var waiting: [UInt8] = []
    private(set) var size: Int64 = 0

    /// `isHashed` is false for what is hashed on its way here.
    init(_ file: File, as path: String, isHashed: Bool = true) {
        self.file = file
        self.path = path
        digest = isHashed ? StreamDigest() : nil
    }

    func write(_ bytes: some Collection<UInt8>) throws(DiskError) {
        waiting += bytes
        size += Int64(bytes.count)
        if waiting.count >= Self.chunk { try flush() }
    }

    func write(_ text: String) throws(DiskError) { try write(Array(text.utf8)) }

    private func flush() throws(DiskError) {
        digest?.append(waiting)
        try file.write(waiting)
        waiting.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; durable only when the bag is.
    @discardableResult
    func end() throws(DiskError) -> ContentDigest? {
        try flush()
        return digest?.finish()
    }

    /// For what nothing is written to any more.
    func setTime(_ time: Timestamp) throws(DiskError) { try file.setTime(time) }
}

/// A line of a manifest (RFC 8493, 2.1.3): digest, two spaces, path.
enum BagManifest {
    static func line(_ digest: ContentDigest, _ path: String) -> String {
        "\(digest.hex)  \(encoded(path))\n"
    }

    /// Line feeds, carriage returns and percent signs are percent-encoded, and nothing else.
    static func encoded(_ path: String) -> String {
        var text = ""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "%": text += "%25"
            case "\n": text += "%0A"
            case "\r": text += "%0D"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
