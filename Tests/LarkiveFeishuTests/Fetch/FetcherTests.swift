import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct FetcherTests {
    @Test func `links of a message are asked for in one call`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .file("bytes") })
        let parts = try ["a/1", "b=", "c"].map { try Listed.mail($0) }
        #expect(await bench.fetch(parts).map(\.words) == Array(repeating: "link 5", count: 3))
        let calls = bench.transport.asked("download_url")
        #expect(calls.map { $0.all("attachment_ids") } == [["a/1", "b=", "c"]])
        #expect(calls.first?.path.contains("/messages/m%2F1%3D/") == true)
        #expect(bench.counters.snapshot.linkCalls == 1)
    }

    @Test func `a link host never sees a token`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .file("bytes") })
        _ = await bench.fetch([try .mail("a")])
        #expect(bench.transport.asked("/get").map(\.authorization) == [nil])
        #expect(bench.transport.asked("/get").map(\.verb) == ["GET"])
    }

    @Test func `what arrived is told with its headers`() async throws {
        let headers = [
            ("X-Tt-Logid", "L1"), ("Content-Length", "5"), ("ETag", "\"e\""),
            ("Content-Disposition", "attachment"), ("Server", "x"),
        ]
        let bench = try FeishuBench(
            ScriptedTransport.serving { _ in .body(200, headers, [Array("bytes".utf8)]) }
        )
        let received = try await bench.fetch([try .mail("a")])[0].result.get()
        #expect(
            received.evidence == [
                "log_id": "L1", "content_length": 5, "content_disposition": "attachment",
                "etag": "\"e\"",
            ]
        )
    }

    @Test func `ids among failed_ids are refused, oversized ones by their own name`() async throws {
        let bench = try FeishuBench { _ in
            .data(#"{"download_urls":[],"failed_ids":["a","b"]}"#)
        }
        let parts = [try Listed.mail("a"), try .mail("b", type: 2), try .mail("c")]
        #expect(
            await bench.fetch(parts).map(\.words) == [
                "link_refused", "oversized_unavailable", "bad_answer",
            ]
        )
    }

    @Test(arguments: [(403, 1_230_002), (500, 1_230_003)])
    func `an ambiguous refusal of links may be permission`(status: Int, code: Int) async throws {
        let bench = try FeishuBench { _ in .refusal(status, code) }
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["may_be_permission"])
        #expect(bench.transport.asked("download_url").count == 4)
    }

    @Test func `an ambiguous refusal may pass`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("download_url") && asked.earlier == 0
                ? .refusal(500, 1_230_003) : ScriptedTransport.serving { _ in .file("x") }(asked)
        }
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 1"])
    }

    @Test func `one id that spoils the link call spoils only itself`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("download_url") && asked.all("attachment_ids").contains("b")
                ? .refusal(400, 1_230_001) : ScriptedTransport.serving { _ in .file("x") }(asked)
        }
        let parts = try ["a", "b", "c", "d"].map { try Listed.mail($0) }
        #expect(
            await bench.fetch(parts).map(\.words) == ["link 1", "bad_answer", "link 1", "link 1"]
        )
    }

    @Test(arguments: [400, 401, 403, 404, 410])
    func `a dead link is renewed twice and then given up`(status: Int) async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .body(status, [], []) })
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link_dead"])
        #expect(bench.transport.asked("download_url").count == 3)
        #expect(bench.transport.asked("/get").count == 3)
    }

    @Test func `a renewed link brings the file`() async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving {
                $0.url.hasSuffix("n=0") ? .body(403, [], []) : .file("bytes")
            }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 5"])
    }

    @Test(arguments: [
        ScriptedTransport.Reply.body(503, [], []),
        .body(200, [("Content-Length", "9")], [[1]], end: TransportError(.cut, "cut")),
        .failure(TransportError(.noAnswer, "cannot connect")),
        .body(200, [("Content-Type", "text/html"), ("Content-Length", "1")], [[1]]),
        .json(#"{"code":7,"msg":"no"}"#, headers: [("Content-Length", "21")]),
    ])
    func `trouble that is gone at the next try fails nothing`(
        trouble: ScriptedTransport.Reply
    ) async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving { asked in asked.earlier == 0 ? trouble : .file("bytes") }
        )
        let scratches = MemoryScratches()
        #expect(await bench.fetch([try .mail("a")], into: scratches).map(\.words) == ["link 5"])
        #expect(bench.transport.asked("download_url").count == 1)
        #expect(await scratches.scratches.last?.bytes == Array("bytes".utf8))
    }

    @Test(arguments: [
        (ScriptedTransport.Reply.body(503, [], []), "server_error", 4),
        (.failure(TransportError(.noAnswer, "no")), "connection", 4),
        (
            .body(200, [("Content-Length", "9")], [[1]], end: TransportError(.cut, "cut")),
            "short_body", 4
        ),
        (.body(200, [("Content-Type", "text/html")], [[1]]), "not_a_file", 2),
        (.json(#"{"code":7,"msg":"no"}"#), "not_a_file", 2),
        (.body(429, [], []), "throttled", 4),
        (.body(206, [], [[1]]), "bad_answer", 1),
        (.body(200, [("Content-Encoding", "gzip")], [[1]]), "bad_answer", 1),
        (.body(302, [("Location", "http://10.0.0.1/")], []), "bad_link", 1),
        (.body(302, [], []), "bad_answer", 1),
    ])
    func `trouble that stays is named after so many tries`(
        trouble: ScriptedTransport.Reply,
        words: String,
        tries: Int
    ) async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in trouble })
        let scratches = MemoryScratches()
        #expect(await bench.fetch([try .mail("a")], into: scratches).map(\.words) == [words])
        #expect(bench.transport.asked("/get").count == tries)
        for scratch in scratches.scratches { #expect(await scratch.isDiscarded) }
    }

    @Test(arguments: ["http://10.0.0.1/get", "https://localhost/get", "nonsense"])
    func `a link to a forbidden place is not followed`(link: String) async throws {
        let bench = try FeishuBench { _ in
            .data(#"{"download_urls":[{"attachment_id":"a","download_url":"\#(link)"}]}"#)
        }
        let delivered = await bench.fetch([try .mail("a")])
        #expect(delivered.map(\.words) == ["bad_link"])
        #expect(bench.transport.asked("/get").isEmpty)
    }

    @Test func `no error shows a link`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .body(403, [], []) })
        for delivered in await bench.fetch([try .mail("a")]) {
            #expect(!"\(delivered.result)".contains("https://"))
        }
    }

    @Test func `redirects are followed by hand, five at most`() async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving { asked in
                let hops = asked.path.filter { $0 == "x" }.count
                return hops == 5 ? .file("bytes") : .body(302, [("Location", asked.path + "x")], [])
            }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 5"])
        let endless = try FeishuBench(
            ScriptedTransport.serving { .body(302, [("Location", $0.path + "x")], []) }
        )
        #expect(await endless.fetch([try .mail("a")]).map(\.words) == ["bad_link"])
    }

    @Test func `a body that only its connection ends counts when it comes twice`() async throws {
        let bench = try FeishuBench(
            ScriptedTransport.serving { _ in .body(200, [], [Array("bytes".utf8)]) }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["link 5"])
        #expect(bench.transport.asked("/get").count == 2)
    }

    @Test func `a body that only its connection ends and that changes does not count`()
        async throws
    {
        let bench = try FeishuBench(
            ScriptedTransport.serving {
                .body(200, [], [Array(repeating: 1, count: 9 + $0.earlier)])
            }
        )
        #expect(await bench.fetch([try .mail("a")]).map(\.words) == ["connection"])
    }

    @Test func `a task's file is judged by its declared size`() async throws {
        let bench = try FeishuBench { asked in
            asked.isFor("v2/attachments")
                ? .data(#"{"attachment":{"guid":"a","url":"https://host/get"}}"#)
                : .body(200, [], [Array("bytes".utf8)])
        }
        #expect(await bench.fetch([try .task("a", size: 5)]).map(\.words) == ["link 5"])
        #expect(await bench.fetch([try .task("a", size: 6)]).map(\.words) == ["connection"])
        #expect(await bench.fetch([try .task("a", size: 4)]).map(\.words) == ["long_body"])
    }

    @Test(arguments: [
        (404, 1_470_404, "not_found"), (403, 1_470_403, "forbidden"),
        (500, 1_470_500, "server_error"), (404, 4_711, "bad_answer"),
        (200, 99_991_403, "quota"), (400, 99_991_672, "forbidden"),
    ])
    func `a refused link call names its reason`(
        status: Int,
        code: Int,
        words: String
    ) async throws {
        let bench = try FeishuBench { _ in .refusal(status, code) }
        #expect(await bench.fetch([try .task("a", size: 5)]).map(\.words) == [words])
    }

    @Test func `a full disk is no reason to try again`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .file("bytes") })
        let full = MemoryScratches(failing: StoreError(.noSpace, "no space left"))
        #expect(await bench.fetch([try .mail("a")], into: full).map(\.words) == ["no_space"])
        #expect(bench.transport.asked("/get").count == 1)
    }

    @Test func `everything of a cancelled parcel is delivered as interrupted`() async throws {
        let bench = try FeishuBench(ScriptedTransport.serving { _ in .file("bytes") })
        let parts = [try Listed.mail("a"), try .mail("b")]
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await bench.fetch(parts)
        }
        #expect(await task.value.map(\.words) == ["interrupted", "interrupted"])
        #expect(bench.transport.asked.isEmpty)
    }
}
