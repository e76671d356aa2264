internal import LarkiveCore

/// The name under which one key signs: `larkive/<archive id>/<n>`; n counts the keys from 1.
struct Origin: Hashable, Sendable, CustomStringConvertible {
    private static let start = "larkive/"
    /// No archive has more keys than this.
    static let most: Int64 = 1_000_000

    let archive: String
    let number: Int64

    init(archive: String, number: Int64) {
        self.archive = archive
        self.number = number
    }

    init?(_ text: String) {
        guard text.hasPrefix(Self.start), let slash = text.lastIndex(of: "/"),
            let number = Int64(text[text.index(after: slash)...]), (1...Self.most).contains(number)
        else { return nil }
        let archive = text[..<slash].dropFirst(Self.start.count)
        self.init(archive: String(archive), number: number)
        guard description == text else { return nil }
    }

    var description: String { "\(Self.start)\(archive)/\(number)" }

    /// What is put behind names of files that an earlier key may have used: nothing for the first.
    var suffix: String { number == 1 ? "" : "-\(number)" }

    func with(number: Int64) -> Origin { Origin(archive: archive, number: number) }
}

extension Checkpoint {
    /// The place of its key among the keys of the archive; 0 for a foreign form of name.
    var originNumber: Int64 { Origin(origin)?.number ?? 0 }

    /// Whether it says more than another one: a later key, or the same key and more records.
    func isNewer(than other: Checkpoint) -> Bool {
        (originNumber, size) > (other.originNumber, other.size)
    }
}

extension VerifierKey {
    var originNumber: Int64 { Origin(name)?.number ?? 0 }

    var fileName: String { "\(originNumber)-\(Hex.text(id)).vkey" }
}
