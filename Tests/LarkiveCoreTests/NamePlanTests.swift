import LarkiveCore
import Testing

@Suite struct NamePlanTests {
    private static func wish(
        _ name: String,
        _ byte: UInt8,
        _ folders: [String] = []
    ) throws -> NamePlan.Wish {
        let digest = try #require(ContentDigest(bytes: [UInt8](repeating: byte, count: 32)))
        return NamePlan.Wish(folders: folders, name: name, digest: digest)
    }

    private static func names(_ wishes: [NamePlan.Wish]) -> [String] {
        let plan = NamePlan(wishes, reserved: ["names.tsv"])
        return wishes.map { plan.path(of: $0).joined(separator: "/") }
    }

    @Test(arguments: [
        (["a.txt", "b.txt"], ["a.txt", "b.txt"]),
        (["a.txt", "A.TXT"], ["a [01010101].txt", "A [02020202].TXT"]),
        (["é.txt", "e\u{301}.txt"], ["é [01010101].txt", "é [02020202].txt"]),
        (["straße", "STRASSE"], ["straße [01010101]", "STRASSE [02020202]"]),
        (["ß.txt", "ẞ.txt"], ["ß [01010101].txt", "ẞ [02020202].txt"]),
        (["ΟΔΟΣ", "οδος"], ["ΟΔΟΣ [01010101]", "οδος [02020202]"]),
        (["a/b", "a\\b", "a:b"], ["a_b [01010101]", "a_b [02020202]", "a_b [03030303]"]),
        (["names.tsv"], ["names [01010101].tsv"]), (["Names.TSV"], ["Names [01010101].TSV"]),
        (["", "unnamed"], ["unnamed [01010101]", "unnamed [02020202]"]),
        // Somebody knew the digest of the other's file.
        (
            ["a.txt", "A.txt", "a [01010101].txt"],
            ["a [0101010101010101].txt", "A [02020202].txt", "a [01010101].txt"]
        ),
    ])
    func `different bytes never get one name`(names: [String], expected: [String]) throws {
        let wishes = try names.enumerated().map { try Self.wish($1, UInt8($0 + 1)) }
        #expect(Self.names(wishes) == expected)
    }

    @Test func `the same bytes under one name are one file`() throws {
        let wishes = try [Self.wish("a.txt", 1), Self.wish("A.txt", 1), Self.wish("b.txt", 1)]
        let names = Self.names(wishes)
        #expect(names[0] == names[1])
        #expect(names[2] == "b.txt")
    }

    @Test func `digests that begin alike are told apart by more digits`() throws {
        var bytes = [UInt8](repeating: 7, count: 32)
        bytes[31] = 8
        let near = try #require(ContentDigest(bytes: bytes))
        let wishes = try [Self.wish("a", 7), NamePlan.Wish(name: "a", digest: near)]
        #expect(Set(Self.names(wishes)).count == 2)
    }

    @Test func `folders keep names apart`() throws {
        let wishes = try [Self.wish("a.txt", 1, ["x"]), Self.wish("a.txt", 2, ["y"])]
        #expect(Self.names(wishes) == ["x/a.txt", "y/a.txt"])
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `the order in which files come changes no name, seed`(seed: UInt64) throws {
        let wishes = try (0..<40).map {
            try Self.wish(["a", "A", "b [00000000]", "é"][$0 % 4], UInt8($0 / 3))
        }
        var state = seed
        let mixed = wishes.sorted { _, _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return state >> 63 == 0
        }
        let (plan, other) = (NamePlan(wishes), NamePlan(mixed))
        for wish in wishes { #expect(plan.path(of: wish) == other.path(of: wish)) }
        let byPath = Dictionary(grouping: wishes) { plan.path(of: $0).joined().lowercased() }
        #expect(byPath.values.allSatisfy { Set($0.map(\.digest)).count == 1 })
    }
}
