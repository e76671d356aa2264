import ArgumentParser
import LarkiveCore
import LarkiveVault

struct AuditCheckpoint: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract:
            "Print the newest signed note, byte for byte: to be mailed, printed, kept elsewhere."
    )

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let world = try World.live(options)
        _ = try ReadingVault.identity(at: world.config.archive)
        Terminal.print(String(try LogProofs(at: world.auditFolder).note.text.dropLast()))
    }
}

struct AuditProve: AsyncParsableCommand, Sandboxed {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Print the proof that the record of an attachment is in the signed log.",
        discussion: """
            KEY is the number that `find` prints, sha256: and some hex digits, or an attachment \
            key. The proof holds the record and the signed note; \
            examples/verify-audit/verify_proof.py checks it without larkive.
            """
    )

    @OptionGroup var options: CommonOptions
    @Argument(help: "The attachment.") var key: String?
    @Option(help: ArgumentHelp("A record by its number in the log.", valueName: "seq"))
    var record: [Int64] = []
    @Flag(help: "Print one JSON object per proof.") var json = false

    func validate() throws {
        if key == nil, record.isEmpty {
            throw ValidationError("say what to prove: KEY, or --record SEQ")
        }
    }

    func run() async throws {
        let world = try World.live(options)
        _ = try ReadingVault.identity(at: world.config.archive)
        let proofs = try LogProofs(at: world.auditFolder)
        var seqs = record
        if let key { seqs = try Self.records(of: key, world, proofs) + seqs }
        for (place, seq) in seqs.enumerated() {
            let proof = try proofs.proof(of: seq)
            if json {
                Terminal.print(proof.json)
            } else {
                Terminal.print((place > 0 ? "\n" : "") + proof.text.dropLast())
            }
        }
    }

    private static func records(
        of key: String,
        _ world: World,
        _ proofs: LogProofs
    ) throws -> [Int64] {
        try KeyArgument(key).rows(in: world.reading().manifest).map { row in
            let held = row.json["archived_at"]?.string.flatMap { Timestamp($0) }
            guard row.sha256 != nil, let held,
                let seq = try proofs.seq(ofHeld: row.id, version: row.version, at: held)
            else {
                throw UsageError(
                    "\(row.key) is not in the archive: \(row.state)",
                    hint: "see why: larkive show \(row.id)",
                    exitCode: .partial
                )
            }
            return seq
        }
    }
}
