package import LarkiveCore

/// An object that was found damaged and is neither healed nor given up.
package struct DamagedObject: Sendable {
    package let digest: ContentDigest
    package let since: String
    /// Who carries it.
    package let carriers: [String]
    package static let hint = "see whether Feishu still has it: larkive repair"

    /// One line of `problems --json`.
    package var json: JSON {
        .object([
            "key": .string(digest.description), "sha256": .string(digest.hex),
            "state": "damaged", "attachments": .array(carriers.map(JSON.string)),
            "reason": "damaged", "first_failed": .string(since), "hint": .string(Self.hint),
        ])
    }
}

extension SQLiteManifest {
    /// What `repair` would heal, by digest.
    package func damagedObjects() throws(ManifestError) -> [DamagedObject] {
        var found: [DamagedObject] = []
        for (digest, loss) in try losses().sorted(by: { $0.key < $1.key }) {
            guard case .damaged(let since) = loss else { continue }
            found.append(
                DamagedObject(digest: digest, since: since, carriers: try carriers(of: digest))
            )
        }
        return found
    }
}
