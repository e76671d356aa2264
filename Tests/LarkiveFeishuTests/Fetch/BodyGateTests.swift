import LarkiveCore
import Testing

@testable import LarkiveFeishu

@Suite struct BodyGateTests {
    @Test(arguments: [
        ("a.pdf", "text/html", "", true), ("a.pdf", "Text/HTML; charset=utf-8", "", true),
        ("a.pdf", "text/html", "inline", true), ("a.html", "text/html", "", false),
        ("A.HTM", "text/html", "", false), ("a.svg", "text/html", "", false),
        ("a.mht", "text/html", "", false), ("a.xhtml", "text/html", "", false),
        ("a.pdf", "text/html", "attachment; filename=\"a.pdf\"", false),
        ("a.pdf", "text/html", "attachment; filename*=UTF-8''a.pdf", false),
        ("a.pdf", "application/pdf", "", false), ("a.pdf", "text/html5", "", false),
        ("html", "text/html", "", true),
    ])
    func `an HTML page without a file name is no file`(
        name: String,
        type: String,
        disposition: String,
        isPage: Bool
    ) {
        let headers = HeaderLines([("content-type", type), ("content-disposition", disposition)])
        #expect(NotAFile.isPage(headers, named: name) == isPage)
    }

    @Test(arguments: [
        (#"{"code":1230003,"msg":"no"}"#, "a.pdf", true), (#" {"msg":"","code":-1} "#, "a", true),
        (#"{"code":1,"msg":"no"}"#, "a.json", false), (#"{"code":1,"msg":"no"}"#, "A.JSON", false),
        (#"{"code":0,"msg":"ok"}"#, "a.pdf", false), (#"{"code":"1","msg":"no"}"#, "a.pdf", false),
        (#"{"code":1.5,"msg":"no"}"#, "a.pdf", false), (#"{"code":1}"#, "a.pdf", false),
        (#"[{"code":1,"msg":"no"}]"#, "a.pdf", false), (#"{"code":1,"msg":"no"}x"#, "a", false),
        ("", "a.pdf", false),
    ])
    func `a small JSON error is no file`(body: String, name: String, isError: Bool) {
        #expect(NotAFile.isError(Array(body.utf8), named: name) == isError)
    }

    @Test(arguments: [(65_536, FailureReason?.some(.notAFile)), (65_537, nil)])
    func `an error in JSON is at most 64 KiB`(count: Int, reason: FailureReason?) throws {
        let start = Array(#"{"code":1,"msg":"no"}"#.utf8)
        let body = start + Array(repeating: 0x20, count: count - start.count)
        #expect(outcome([], [body]).reason == reason)
    }

    @Test(arguments: [[1, 9], [65_536], [65_537], [60_000, 60_000, 5], [1, 70_000, 3], []])
    func `what goes in comes out`(counts: [Int]) {
        let pieces = counts.enumerated().map { [UInt8](repeating: UInt8($0.0), count: $0.1) }
        let length = String(counts.reduce(0, +))
        #expect(outcome([("Content-Length", length)], pieces).bytes == pieces.flatMap { $0 })
    }

    @Test(arguments: [
        (4, nil, Int64?.some(5), FailureReason?.some(.connection)),
        (4, "4", 5, .shortBody), (6, "6", 5, .longBody), (5, "5", 5, nil), (5, nil, 5, nil),
        (5, "5", nil, nil), (4, "5", nil, .shortBody), (0, "0", 0, nil), (6, nil, 5, .longBody),
        (100_000, nil, 99_999, .longBody), (0, "200000", 100_000, .longBody),
        (0, "100000", 200_000, .shortBody),
    ])
    func `the length must be what was declared`(
        count: Int,
        length: String?,
        size: Int64?,
        reason: FailureReason?
    ) {
        let headers = length.map { [("Content-Length", $0)] } ?? []
        let body = [UInt8](repeating: 7, count: count)
        #expect(outcome(headers, [body], size: size).reason == reason)
    }

    @Test func `a body that is too long is not read to its end`() throws {
        var gate = try BodyGate(HeaderLines(), name: "a", size: 70_000)
        _ = try gate.take([UInt8](repeating: 1, count: 70_000))
        #expect(throws: Trouble.self) { try gate.take([1]) }
    }

    @Test(arguments: [("gzip", false), ("identity", true), ("", true), ("br", false)])
    func `an encoded body is refused`(coding: String, isTaken: Bool) {
        let reason = outcome([("Content-Encoding", coding), ("Content-Length", "1")], [[1]]).reason
        #expect(reason == (isTaken ? nil : .badAnswer))
    }

    @Test(arguments: [
        ([("Content-Length", "9")], FailureReason.shortBody), ([], .connection),
        ([("Transfer-Encoding", "chunked")], .connection),
    ])
    func `a body that breaks off is short where its length is known`(
        headers: [(String, String)],
        reason: FailureReason
    ) throws {
        let lines = HeaderLines(headers.map { ($0.0, $0.1) })
        var gate = try BodyGate(lines, name: "a", size: nil)
        _ = try gate.take([1, 2])
        #expect(gate.broken(TransportError(.cut, "cut")).error.reason == reason)
    }

    private func outcome(
        _ headers: [(String, String)],
        _ pieces: [[UInt8]],
        size: Int64? = nil
    ) -> (bytes: [UInt8], reason: FailureReason?) {
        var bytes: [UInt8] = []
        do throws(Trouble) {
            let lines = HeaderLines(headers.map { ($0.0, $0.1) })
            var gate = try BodyGate(lines, name: "a.bin", size: size)
            for piece in pieces { bytes += try gate.take(piece) }
            return (bytes + (try gate.end()), nil)
        } catch {
            return (bytes, error.error.reason)
        }
    }
}
