import LarkiveCore
import LarkiveTesting
import Testing

@testable import LarkiveVault

/// What `find` answers, and in which order, is what a plain look at every attachment answers.
///
/// They make way now and then: other tests wait for servers that run beside them.
@Suite struct FindModelTests {
    @Test(arguments: [21, 22] as [UInt64])
    func `random queries on a random catalogue`(seed: UInt64) async throws {
        var catalogue = try SampleCatalogue(seed: seed)
        while catalogue.entries.count < 1_000 {
            for _ in 0..<50 { try catalogue.step() }
            try catalogue.commit()
            await Task.yield()
        }
        let model = FindModel(catalogue)
        var queries = QueryMaker(model: model, random: catalogue.random)
        var matched = 0
        for _ in 0..<150 {
            await Task.yield()
            let query = queries.next()
            let expected = model.find(query)
            let found = try catalogue.manifest.search(query)
            let shown = expected.prefix(query.limit ?? .max)
            #expect(found.isIndexed)
            let rows = try catalogue.manifest.rows(of: found.files)
            #expect(rows.map(FindModel.Key.init) == Array(shown), "seed \(seed): \(query)")
            let left = expected.count - shown.count
            let isMany = left > FoundFiles.counted && found.more == .moreThan(FoundFiles.counted)
            #expect(isMany || found.more == .exactly(left), "seed \(seed): \(query)")
            matched += expected.isEmpty ? 0 : 1
        }
        #expect(matched > 50)
    }

    /// Of those whose name begins so the index is asked in one way where they are few, in another
    /// where they are many; one name in `rarity` begins so.
    @Test(arguments: [3, 40, 100_000])
    func `names that begin with what many have come first`(rarity: Int) async throws {
        var catalogue = try SampleCatalogue(seed: 51)
        let first = ["Quarterly figures", "quarterly figures.pdf", "quarterly fig", "quarter"]
        let others = (0..<min(rarity * first.count, 2_000)).map { "my quarterly figures.pdf \($0)" }
        catalogue.names = rarity > 10_000 ? others : first + others
        while catalogue.entries.count < 500 {
            for _ in 0..<50 { try catalogue.step() }
            try catalogue.commit()
            await Task.yield()
        }
        let model = FindModel(catalogue)
        let wanted = [
            ["quarterly figures"], ["quarterly", "figures"], ["quarterly figures.pdf"],
            ["quarterl"],
            ["quarterly"], ["figures", "quarterly"],
        ]
        for words in wanted {
            for limit in [1, 100, 2_000] {
                await Task.yield()
                var query = FileQuery()
                (query.words, query.limit) = (words, limit)
                let expected = model.find(query)
                let found = try catalogue.manifest.search(query)
                let rows = try catalogue.manifest.rows(of: found.files).map(FindModel.Key.init)
                #expect(rows == Array(expected.prefix(limit)), "\(words), \(limit)")
                let left = max(0, expected.count - limit)
                #expect(
                    found.more == (left > 200 ? .moreThan(200) : .exactly(left)),
                    "\(words), \(limit)"
                )
            }
        }
    }

    @Test(arguments: [nil, 0, 1, 15, 16, 1 << 20, Int64.max] as [Int64?])
    func `any range of sizes has what lies in it`(least: Int64?) async throws {
        var catalogue = try SampleCatalogue(seed: 52)
        while catalogue.entries.count < 300 { try catalogue.step() }
        try catalogue.commit()
        let model = FindModel(catalogue)
        var found = 0
        for most in [nil, 0, 14, 16, 1 << 20, 1 << 40, Int64.max] as [Int64?] {
            await Task.yield()
            var query = FileQuery()
            (query.minSize, query.maxSize) = (least, most)
            let keys = try catalogue.manifest.find(query).map(FindModel.Key.init)
            #expect(keys == model.find(query), "up to \(most ?? -1)")
            found += keys.count
        }
        #expect(found > 0 || least == .max)
    }

    @Test func `without the index the answers are the same`() async throws {
        var catalogue = try SampleCatalogue(seed: 31, indexed: false)
        while catalogue.entries.count < 300 {
            try catalogue.step()
            try catalogue.commit()
        }
        let model = FindModel(catalogue)
        var queries = QueryMaker(model: model, random: catalogue.random)
        for _ in 0..<60 {
            await Task.yield()
            let query = queries.next()
            let found = try catalogue.manifest.search(query)
            let expected = model.find(query)
            #expect(!found.isIndexed)
            let rows = try catalogue.manifest.rows(of: found.files)
            #expect(
                rows.map(FindModel.Key.init) == Array(expected.prefix(query.limit ?? .max)),
                "\(query)"
            )
        }
    }

    @Test(arguments: [
        "\"", "\"\"", "*", "a*", "-", "-v2", "NEAR(a b)", "NEAR(", "OR", "a OR b", "AND", "NOT",
        "{name}", "{", "}", "^", "^start", "x:", ":", "(", ")", "+", "'", "';--", "\\", "%", "_",
        "\u{0}", "\u{1}", "\u{FFFF}", "👍", "xall", "\"xall\"", "fold_1", "search",
    ])
    func `what would be syntax is looked for as it stands`(text: String) async throws {
        var catalogue = try SampleCatalogue(seed: 41)
        for _ in 0..<150 { try catalogue.step() }
        try catalogue.commit()
        let model = FindModel(catalogue)
        var queries = [FileQuery](repeating: FileQuery(), count: 4)
        queries[0].words = [text]
        queries[1].words = [text, text, "a"]
        queries[2].containing = ["name": text]
        queries[3].containing = ["sender": text, "task_summary": text]
        for query in queries {
            await Task.yield()
            let found = try catalogue.manifest.find(query).map(FindModel.Key.init)
            #expect(found == model.find(query))
        }
    }

    @Test(arguments: ["", "' OR 1=1", "xyz", "é", "ABC", String(repeating: "a", count: 65)])
    func `what is no digest has no attachments`(prefix: String) throws {
        var catalogue = try SampleCatalogue(seed: 42)
        for _ in 0..<50 { try catalogue.step() }
        try catalogue.commit()
        var query = FileQuery()
        query.sha256Prefix = prefix
        query.id = prefix.isEmpty ? -1 : nil
        #expect(try catalogue.manifest.find(query).isEmpty)
    }
}
