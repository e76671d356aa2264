import LarkiveCore
import Testing

@Suite struct SafeNameTests {
    @Test(arguments: [
        ("../../etc/cron.d/x", "_._.._etc_cron.d_x"), ("/etc/passwd", "_etc_passwd"),
        ("..\\..\\x.bat", "_._.._x.bat"), ("CON", "_CON"), ("con.txt", "_con.txt"),
        ("con .txt", "_con .txt"), ("COM1.log", "_COM1.log"), ("lpt².txt", "_lpt².txt"),
        ("a\u{202E}gpj.exe", "a_gpj.exe"), ("a\u{2066}b\u{2069}", "a_b_"), ("-rf", "_rf"),
        ("-\u{301}rf", "_\u{301}rf"), ("~root", "_root"), (".bashrc", "_bashrc"),
        ("", "unnamed"), ("..", "unnamed"), (" . ", "unnamed"), ("x. ", "x"), ("x...", "x"),
        ("合同\u{3000}", "合同"), ("a.pdf\u{A0}. ", "a.pdf"), ("\u{3000}", "unnamed"),
        ("a\u{3000}b", "a\u{3000}b"),
        ("a\nb", "a_b"), ("a\u{0}b", "a_b"), ("\u{1B}[31mred", "_[31mred"), ("a\u{9B}b", "a_b"),
        ("a:b*c?d\"e<f>g|h", "a_b_c_d_e_f_g_h"), ("a\u{200B}b\u{FEFF}c", "a_b_c"),
        ("a\u{AD}b\u{3164}c\u{E0041}d", "a_b_c_d"), ("a\u{FFFE}b", "a_b"),
        ("报价单.xlsx", "报价单.xlsx"), ("e\u{301}.txt", "é.txt"), ("a.tar.gz", "a.tar.gz"),
    ])
    func `names from the platform become safe`(name: String, expected: String) {
        let safe = SafeName.make(name)
        #expect(safe == expected)
        #expect(SafeName.make(safe) == safe, "a safe name stays as it is")
    }

    @Test(arguments: [
        String(repeating: "报", count: 300) + ".xlsx", String(repeating: "x", count: 400),
        "a" + String(repeating: "\u{301}", count: 400) + ".txt",
        String(repeating: "x.", count: 200), String(repeating: "👩", count: 100) + ".png",
        String(repeating: "x", count: 254) + ". y",
    ])
    func `long names keep within 255 bytes, and are none that systems would change`(
        name: String
    )
        throws
    {
        let digest = try #require(ContentDigest(bytes: [UInt8](repeating: 0xAB, count: 32)))
        for safe in [
            SafeName.make(name), SafeName.make(name, distinguishing: digest),
            SafeName.make(name, distinguishing: digest, digits: 64), SafeName.folder(name),
        ] {
            #expect(safe.utf8.count <= 255 && !safe.isEmpty)
            #expect(!safe.hasSuffix(".") && !safe.hasSuffix(" ") && !safe.hasPrefix("."))
        }
        #expect(SafeName.make(name).unicodeScalars.first == name.unicodeScalars.first)
    }

    @Test func `an extension is kept behind the mark`() throws {
        let digest = try #require(ContentDigest(bytes: [UInt8](repeating: 0xAB, count: 32)))
        let long = String(repeating: "报", count: 300) + ".xlsx"
        #expect(SafeName.make(long).hasSuffix("报.xlsx"))
        #expect(SafeName.make("a.txt", distinguishing: digest) == "a [abababab].txt")
        #expect(SafeName.folder("a.txt", distinguishing: digest) == "a.txt [abababab]")
    }
}
