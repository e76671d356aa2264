/// Lookups to measure: what kind they are of, how many they find at least, and their arguments.
struct Lookups {
    private var lines: [String] = []

    mutating func add(_ kind: String, atLeast count: Int, _ arguments: String...) {
        lines.append(([kind, String(count)] + arguments).joined(separator: "\t"))
    }

    /// One a line, fields apart by tabs.
    var text: String { lines.map { $0 + "\n" }.joined() }

    /// What every archive of this program has, by its words and its making.
    mutating func addCommon(_ scale: Scale, mailbox: String, logo: String) {
        let many = scale.attachments / 1_000
        add("common word", atLeast: many, "find", "report")
        add("common two Chinese characters", atLeast: many, "find", "合同")
        add("one common character", atLeast: many, "find", "合")
        add("one Latin letter", atLeast: many, "find", "z")
        add("two common words", atLeast: many / 10, "find", "合同", "report")
        add("common and absent", atLeast: 0, "find", "report", "statementarianisation")
        add("long word of common bigrams", atLeast: 0, "find", "statementarianisation")
        add("decomposed", atLeast: many / 100, "find", "résumé")
        add("full width", atLeast: many / 100, "find", "ｒｅｐｏｒｔ．ｐｄｆ")
        add("common sender", atLeast: many / 10, "find", "--from", "王芳")
        add("all names of one ending", atLeast: many, "find", "--name", ".pdf")
        add("date range", atLeast: many, "find", "--after", "2024-03", "--before", "2024-04")
        add(
            "one day and a word",
            atLeast: 0,
            "find",
            "report",
            "--after",
            "2024-03-05",
            "--before",
            "2024-03-06"
        )
        add("source", atLeast: many, "find", "--source", "mail:\(mailbox)")
        add("source and a word", atLeast: 10, "find", "report", "--source", "mail:\(mailbox)")
        add("mailbox and a word", atLeast: 10, "find", "合同", "--mailbox", mailbox)
        add("task", atLeast: 1, "find", "--task", "合同")
        add("vanished", atLeast: many, "find", "--vanished")
        add("vanished and a word", atLeast: 1, "find", "--vanished", "合同")
        add("everything", atLeast: scale.attachments, "find")
        add("large", atLeast: Contents.giants, "find", "--min-size", "40M")
        add("small", atLeast: many, "find", "--max-size", "300")
        add("large and a word", atLeast: 0, "find", "report", "--min-size", "14K")
        add("digest in many places", atLeast: many, "find", "--sha256", logo)
        add("digest prefix", atLeast: many, "find", "--sha256", String(logo.prefix(8)))
        add("whohas of very many", atLeast: many, "whohas", logo)
        add("show by number", atLeast: 1, "show", "4711")
    }
}
