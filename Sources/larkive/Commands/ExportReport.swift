import LarkiveCore
import LarkiveVault

/// Says what is in a bag and what is not, and ends the command with what that means.
struct ExportReport {
    private let outcome: BagExport.Outcome
    private let folder: String
    private let asked: Int

    init(_ outcome: BagExport.Outcome, folder: String, asked: Int) {
        (self.outcome, self.folder, self.asked) = (outcome, folder, asked)
    }

    func end(json: Bool) throws {
        if json { Terminal.print(value) } else { show() }
        let codes = Set(outcome.exceptions.keys)
        if !codes.isDisjoint(with: [.damaged, .disagrees]) { throw Stop(code: .damaged) }
        if !codes.subtracting([.skipped]).isEmpty { throw Stop(code: .partial) }
    }

    private var exceptions: [(code: ExportException.Code, count: Int64)] {
        ExportException.Code.allCases.compactMap { code in
            outcome.exceptions[code].map { (code, $0) }
        }
    }

    private var value: JSON {
        .object([
            "to": .string(folder), "asked": JSON(asked), "exported": .integer(outcome.exported),
            "bytes": .integer(outcome.bytes), "proven_names": .integer(outcome.proven),
            "exceptions": .object(
                JSONObject(
                    exceptions.map {
                        JSONObject.Member(name: $0.code.rawValue, value: .integer($0.count))
                    }
                )
            ),
            "size": .integer(outcome.size), "root": .string(outcome.root.hex),
        ])
    }

    private func show() {
        let place = folder.shown
        Terminal.print(
            "\(outcome.exported) of \(asked) attachments, \(Figures.bytes(outcome.bytes)), "
                + "with their proofs in \(place)"
        )
        if outcome.exported == 0, outcome.exceptions.isEmpty {
            let hint = "see what there is: larkive find"
            Terminal.complain("nothing matches, the bag is empty", hint: hint)
        }
        let rest = outcome.exported - outcome.proven
        if rest > 0 {
            Terminal.note(
                "of \(rest) the bytes are proven, not the names and dates: their records speak of other "
                    + "messages or tasks as well, and --whole-records would hand those out"
            )
        }
        for (code, count) in exceptions {
            Terminal.note("\(Self.words(code, count)); see \(place)/exceptions.csv")
        }
        if outcome.exceptions[.damaged] != nil {
            Terminal.note("hint: see whether it can be healed: larkive repair")
        }
        if outcome.exceptions[.disagrees] != nil {
            Terminal.note("hint: see what is wrong: larkive verify")
        }
        if outcome.exceptions[.unsigned] != nil {
            Terminal.note("hint: let a run come to its end, then export again: larkive sync")
        }
    }

    private static func words(_ code: ExportException.Code, _ count: Int64) -> String {
        let some = Figures.count(count, "attachment", "attachments")
        return switch code {
        case .notHeld: "\(some) not held"
        case .skipped: "\(some) left out by a rule"
        case .damaged: "\(some) damaged"
        case .unsigned: "\(some) not in the signed log yet"
        case .disagrees: "\(some) not as the audit log says"
        case .messageUnread:
            "\(Figures.count(count, "message", "messages")) never read: more may be missing"
        case .listingIncomplete:
            "the last look at \(Figures.count(count, "source", "sources")) was not complete: more may be "
                + "missing"
        }
    }
}
