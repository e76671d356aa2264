import Testing

@testable import LarkiveVault

/// Which texts are the same to people who look for them.
@Suite struct FoldTests {
    @Test(arguments: [
        ("composed and decomposed", "é ガ 한", "e\u{301} カ\u{3099} \u{1112}\u{1161}\u{11AB}"),
        ("full and half width", "ABC123 ガギ", "ＡＢＣ１２３　ｶﾞｷﾞ"),
        ("case", "invoice straße σς İzmir", "INVOICE STRASSE ΣΣ izmir"),
        ("Chinese punctuation", "报价。“甲”、【乙】《丙》——…～", "报价.\"甲\",[乙]<丙>--...~"),
        ("quotes and dashes", "‘a’ “b” «c» 「d」 1–2—3−4", "'a' \"b\" \"c\" \"d\" 1-2-3-4"),
        ("full-width punctuation", "（a），b：c；d！e？", "(a),b:c;d!e?"),
        ("white space", "  a \t\n b\u{3000}\u{A0}c ", "a b c"),
        ("what cannot be seen", "a\u{200B}b\u{202E}c\u{0}d\u{AD}e\u{FEFF}", "abcde"),
        ("emoji with and without signs", "❤️👨‍👩‍👧", "❤👨👩👧"),
        ("compatibility forms", "①㍿Ⅷ²ﬁ", "1株式会社viii2fi"),
    ])
    func `these fold to the same text`(what: String, one: String, other: String) {
        #expect(Fold.fold(one) == Fold.fold(other), "\(what)")
        #expect(!Fold.fold(one).isEmpty)
    }

    @Test(arguments: ["a", "报", "报价", "👍", "\u{300}", "-", "\"", "*"])
    func `a text of one or two scalars stays`(text: String) {
        #expect(Fold.fold(text) == Folded(text: text, isCut: false))
    }

    @Test(arguments: ["", " ", "\u{0}\u{1}\u{7F}", "\u{200B}\u{202E}", "\u{3000}\n"])
    func `nothing is left of what cannot be seen`(text: String) {
        #expect(Fold.fold(text).isEmpty)
    }

    @Test func `the quick way and the slow one agree on every scalar`() {
        let differing = Self.assigned.filter { scalar in
            guard Fold.plain(scalar) != nil else { return false }
            let text = "x\(scalar)x"
            return Fold.fold(text) != Fold.slow(text)
        }
        #expect(differing == [])
    }

    @Test func `a folded text folds to itself`() {
        let differing = Self.assigned.filter { scalar in
            let folded = Fold.fold(String(Character(scalar))).text
            return !Fold.fold(folded).text.utf8.elementsEqual(folded.utf8)
        }
        #expect(differing == [])
    }

    // A toolchain with another version of Unicode changes this: then Fold.version goes up with it.
    @Test func `what folds to what is pinned to the version`() {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for scalar in Self.assigned {
            for byte in Fold.fold(String(Character(scalar))).text.utf8 {
                hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
            }
        }
        #expect((Fold.version, hash) == (1, 4_679_567_146_786_627_160))
    }

    @Test(arguments: ["a", "报", "é", "e\u{301}", "ﷺ", "a\u{300}\u{301}\u{302}"])
    func `a text of any length is bounded and says that it was cut`(part: String) {
        let folded = Fold.fold(String(repeating: part, count: 300_000))
        #expect(folded.text.unicodeScalars.count == Fold.longest)
        #expect(folded.isCut)
    }

    @Test func `a text of just that length is whole`() {
        let folded = Fold.fold(String(repeating: "报", count: Fold.longest))
        #expect(folded.text.unicodeScalars.count == Fold.longest)
        #expect(!folded.isCut)
    }

    private static var assigned: [Unicode.Scalar] {
        (0...0x10FFFF).compactMap(Unicode.Scalar.init).filter {
            ![.unassigned, .privateUse].contains($0.properties.generalCategory)
        }
    }
}
