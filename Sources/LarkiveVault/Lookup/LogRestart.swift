internal import GRDB
package import LarkiveCore

/// A restart of the log as the manifest knows it.
package struct LogRestart: Sendable {
    package let seq: Int64
    package let time: String
    /// How many records had been signed before; nil when it was not known.
    package let formerSize: Int64?

    init?(_ row: Row) {
        let (name, value): (String, String) = (row["name"], row["value"])
        let words = value.split(separator: " ").map(String.init)
        guard let seq = name.split(separator: "_").last.flatMap({ Int64($0) }), words.count == 2
        else { return nil }
        self.seq = seq
        time = words[0]
        formerSize = Int64(words[1])
    }

    /// What is cut off, in words.
    package var words: String {
        let start = "restarted at record \(seq), \(time)"
        guard let formerSize else { return "\(start); what was signed before is not known" }
        return formerSize > seq
            ? "\(start): \(KeyChange.words(ofCut: seq..<formerSize))"
            : "\(start): nothing is cut off"
    }
}

extension SQLiteManifest {
    /// When the log was restarted, with the number of the record, oldest first.
    package func restarts() throws(ManifestError) -> [LogRestart] {
        try inDatabase { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT * FROM meta WHERE name LIKE 'log\\_restarted\\_%' ESCAPE '\\' ORDER BY name"
            ).compactMap(LogRestart.init)
        }
    }
}
