import LarkiveCore

/// Files that came inside of an answer, until they belong to an attachment or are let go.
struct ArrivedFiles {
    private var staged: [BodyPlace: Staged]
    private let evidence: JSONObject

    init(_ answer: FeishuAnswer) {
        staged = answer.bodies
        evidence = ["log_id": answer.logID.map(JSON.string)]
    }

    private init(_ staged: [BodyPlace: Staged], _ evidence: JSONObject) {
        self.staged = staged
        self.evidence = evidence
    }

    /// Takes those of one message out, to be found by the place of the attachment alone.
    mutating func taken(of message: Int) -> ArrivedFiles {
        let own = staged.filter { $0.key.message == message }
        for place in own.keys { staged[place] = nil }
        let moved = own.map { (BodyPlace(message: nil, attachment: $0.key.attachment), $0.value) }
        return ArrivedFiles(Dictionary(uniqueKeysWithValues: moved), evidence)
    }

    /// Takes the file of an attachment; an oversized one lies elsewhere, whatever came of it.
    mutating func take(_ attachment: Attachment, at place: Int) -> Received? {
        guard case .mail(let part) = attachment.kind, part.type == 1 else { return nil }
        return staged.removeValue(forKey: BodyPlace(message: nil, attachment: place)).map {
            Received(staged: $0, via: .inline, evidence: evidence)
        }
    }

    func discard() async { await staged.discard() }
}
