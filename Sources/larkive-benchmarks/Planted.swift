import LarkiveCore

/// A few things that are known by name, so that it is known what a lookup has to find.
struct Planted {
    let mail: MailMaker
    let contents: Contents

    private static let sender = Person(name: "欧阳青霞", address: "qingxia.ouyang@rare.example")
    private static let date = Timestamp(milliseconds: 1_709_640_000_000)
    private static let names = [
        "Zwitscherkasten-Maße.pdf", "ZWITSCHERKASTEN (2).docx", "der zwitscherkasten.txt",
        "端午龙舟赛名单.xlsx", "龙舟照片.zip", "鰻重の注文書.pdf", "ＡＬＰＨＡ計画Ｘ９．ｐｄｆ",
        "representationstatement-2.pdf", "ツ\u{3099}ェッヘ\u{309A}リンの図.dwg",
        "-final \"x\" 100% *_draft.docx", String(repeating: "很长的名字", count: 250) + ".pdf",
    ]

    func messages(_ lookups: inout Lookups, with draw: inout Draw) throws -> [MadeMessage] {
        var messages: [MadeMessage] = []
        for name in Self.names {
            messages.append(try message([(name, contents.circular)], with: &draw))
        }
        for (index, content) in contents.giants.enumerated() {
            messages.append(try message([("giant-\(index).mov", content)], with: &draw))
        }
        addWords(&lookups)
        guard let one = messages.first, let attachment = one.message.attachments.first,
            let giant = contents.giants.first
        else { return messages }
        lookups.add("message id", atLeast: 1, "find", "--message", one.message.id.rawValue)
        let id = attachment.key.attachment.rawValue
        lookups.add("attachment id", atLeast: 1, "find", "--attachment", id)
        lookups.add("show by key", atLeast: 1, "show", attachment.key.description)
        lookups.add(
            "rare digest",
            atLeast: 1,
            "find",
            "--sha256",
            String(giant.digest.hex.prefix(8))
        )
        lookups.add("whohas of one", atLeast: 1, "whohas", giant.digest.hex)
        return messages
    }

    private func addWords(_ lookups: inout Lookups) {
        lookups.add("rare word", atLeast: 3, "find", "zwitscherkasten")
        lookups.add("rare two Chinese characters", atLeast: 2, "find", "龙舟")
        lookups.add("one rare character", atLeast: 1, "find", "鰻")
        lookups.add("rare, other width and case", atLeast: 1, "find", "alpha計画x9")
        lookups.add("rare, composed", atLeast: 1, "find", "ヅェッペリン")
        lookups.add(
            "rare long word of common bigrams",
            atLeast: 1,
            "find",
            "representationstatement"
        )
        lookups.add("rare, signs", atLeast: 1, "find", "--", "-final", "\"x\"", "*_draft")
        lookups.add("exact long name", atLeast: 1, "find", "--name", "很长的名字很长的名字很长")
        lookups.add("rare sender", atLeast: Self.names.count, "find", "--from", "qingxia.ouyang")
        lookups.add("rare sender by name", atLeast: Self.names.count, "find", "--from", "欧阳")
        lookups.add("absent word", atLeast: 0, "find", "xqzwvkjq")
    }

    private func message(_ files: [MailMaker.File], with draw: inout Draw) throws -> MadeMessage {
        try mail.make(
            files,
            subject: "planted",
            in: "INBOX",
            at: Self.date,
            from: Self.sender,
            with: &draw
        )
    }
}
