/// What cannot be excluded, by name.
struct Doubts {
    let sealed: Int64
    /// Records for which a note from outside vouches.
    let covered: Int64
    let isAnchoredByState: Bool
    let hasKeys: Bool

    var words: [String] {
        var words: [String] = []
        // STATE is a witness only as long as it was not put back together with the archive.
        let together = isAnchoredByState ? ", together with STATE" : ""
        let last = covered > 0 ? covered : sealed
        words.append(
            last == 0
                ? "cut-off tail: records may have been cut off together with their notes" + together
                : "cut-off tail: records after \(last - 1) may have been cut off together with their notes"
                    + together + (covered > 0 ? ", if \(sealed) was not the end" : "")
        )
        words.append(
            covered > 0
                ? "older copy: this may be the state at any time since \(covered) records were signed"
                    + together
                : "older copy: this may be an older backup of the whole log" + together
        )
        let from = covered > 0 ? "records from \(covered) on" : "everything"
        words.append(
            "rewriting: \(from) may have been written anew and signed by who holds the key"
                + (isAnchoredByState ? " and STATE" : "")
        )
        if !hasKeys {
            words.append(
                "foreign key: \(from) may have been signed with a key that is not the archive's; "
                    + "give yours with --key"
            )
        }
        return words
    }
}
