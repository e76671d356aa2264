/// What names, subjects and people are made of here.
enum SampleText {
    static let pieces = [
        "报价单", "报价", "合同", "总结", "2026年", "Invoice", "invoice 12", "Re: report", "报告。终稿",
        "ＡＢＣ", "abc", "e\u{301}te\u{301}", "été", "ガイド", "ｶﾞｲﾄﾞ", "👍", "👨‍👩‍👧", "“引用”", "\"quoted\"",
        "*", "-v2", "NEAR(a b)", "a OR b", "NOT", "{name} : x", "^start", "x:y", "--", "'", "%_",
        "\\",
        "a", "b", "报", "re", "vx", "naïve", "한글", "q\u{301}", "\u{202E}fdp.exe", "合同v2", "x\u{1}y",
    ]
    static let senders = [
        "wang.fang@corp.example", "li.wei@corp.example", "david@supplier.example", "报价@例子.example",
    ]
}
