import LarkiveCore

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, the form that servers must write).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func read(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2,
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let date = "\(words[3])-\(Int64(month + 1).padded(2))-\(words[1])"
        return Timestamp("\(date)T\(words[4]).000Z")
    }
}
