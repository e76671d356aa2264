/// The first messages of every mailbox: one for each thing that can be special.
extension MailboxBuilder {
    private static let special: [@Sendable (inout MailboxBuilder, inout World.Message) -> Void] = [
        { $0.makeNamesakes(&$1) }, { $0.makeInline(&$1) }, { $0.makeOversized(&$1) },
        { $0.makeEmpty(&$1) }, { $0.makeWebFiles(&$1) }, { $0.makeDraft(&$1) },
        { $0.makeSentFile(&$1) }, { $0.makeFiled(&$1, in: "ARCHIVED") },
        { $0.makeFiled(&$1, in: "TRASH") }, { $0.makeFiled(&$1, in: "7301\($0.index)10") },
        { $0.makeAwkward(&$1) }, { $0.makeMany(&$1) }, { $0.makeHandbook(&$1) },
    ]

    /// False when the message is an everyday one.
    mutating func makeSpecial(_ message: inout World.Message, _ number: Int) -> Bool {
        guard number < Self.special.count else { return false }
        Self.special[number](&self, &message)
        return true
    }

    /// Three attachments of one name; two of them are the same file.
    private mutating func makeNamesakes(_ message: inout World.Message) {
        let content = files.fresh(20_000)
        message.subject = "报价单 三个版本"
        message.attachments = [
            attachment("报价单.xlsx", content), attachment("报价单.xlsx", files.fresh(20_480)),
            attachment("报价单.xlsx", content),
        ]
    }

    private mutating func makeInline(_ message: inout World.Message) {
        var images = [attachment("image.png"), attachment("image.png", files.common(3))]
        for index in images.indices { images[index].isInline = true }
        message.attachments = images + [attachment("Q3 budget.xlsx")]
    }

    /// Type 2: kept in Drive by Feishu; whether links serve it is not documented.
    private mutating func makeOversized(_ message: inout World.Message) {
        let count = index == 0 ? recipe.oversized : 3 << 20
        var large = attachment("宣传片 母带.mov", files.fresh(count))
        large.kind = .oversized
        message.subject = "超大附件：宣传片"
        message.attachments = [large]
    }

    private mutating func makeEmpty(_ message: inout World.Message) {
        message.attachments = [
            attachment("空白.txt", .text("")), attachment("placeholder.docx", files.fresh(0)),
        ]
    }

    /// Files that look like the answers of a failing server, and are not.
    private mutating func makeWebFiles(_ message: inout World.Message) {
        message.subject = "Exported web pages"
        message.attachments = [
            attachment("report.html", .text("<!doctype html><title>报告</title><p>ok\n")),
            attachment(
                "error-sample.json",
                .text(#"{"code":99991663,"msg":"a sample, not an error"}"#)
            ),
            attachment("logo.svg", .text(#"<svg xmlns="http://www.w3.org/2000/svg"/>"#)),
        ]
    }

    private mutating func makeDraft(_ message: inout World.Message) {
        makeSent(&message)
        message.folder = "DRAFT"
        message.state = .draft
        message.attachments = [attachment("合同草案.docx")]
    }

    private mutating func makeSentFile(_ message: inout World.Message) {
        makeSent(&message)
        message.attachments = [attachment(nil, files.common(1))]
    }

    private mutating func makeFiled(_ message: inout World.Message, in folder: String) {
        message.folder = folder
        message.attachments = [attachment()]
    }

    private mutating func makeAwkward(_ message: inout World.Message) {
        message.subject = "File names from everywhere"
        message.attachments = Workplace.awkwardNames.map { attachment($0) }
    }

    /// More than one link call can ask for.
    private mutating func makeMany(_ message: inout World.Message) {
        message.subject = "现场照片 23 张"
        message.attachments = (1...23).map { attachment("现场照片 \($0).jpg", files.fresh(5000 + $0)) }
    }

    /// The same file in every mailbox.
    private mutating func makeHandbook(_ message: inout World.Message) {
        message.subject = "员工手册 2026"
        message.attachments = [attachment("员工手册 2026.pdf", files.common(0))]
    }
}
