import Testing

@testable import FeishuSandbox

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
        (1_772_413_200, "Mon, 02 Mar 2026 01:00:00 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func `a moment is written as headers want it`(seconds: Int, text: String) {
        #expect(Moment(milliseconds: Int64(seconds) * 1000).httpDate == text)
    }
}
