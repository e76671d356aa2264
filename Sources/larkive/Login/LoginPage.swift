import Glibc

/// What a browser is shown.
enum LoginPage {
    case thanks, denied, foreign, nothing

    private var status: String {
        switch self {
        case .thanks, .denied: "200 OK"
        case .foreign: "400 Bad Request"
        case .nothing: "404 Not Found"
        }
    }

    private var words: String {
        switch self {
        case .thanks: "Thank you. larkive goes on in the terminal; this window can be closed."
        case .denied: "Nothing was granted. This window can be closed."
        case .foreign: "This is the answer to another login. Use the newest address."
        case .nothing: "Nothing is here."
        }
    }

    /// A visitor that does not take it in is no concern of ours.
    func send(to descriptor: Int32) {
        let text = """
            HTTP/1.1 \(status)\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(words.utf8.count + 1)\r
            Cache-Control: no-store\r
            Referrer-Policy: no-referrer\r
            Connection: close\r
            \r
            \(words)

            """
        _ = Array(text.utf8).withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }
}

/// The target of a request, as in `GET /callback?code=…`.
enum HTTPTarget {
    /// Nil until the head is whole; empty for a request that is not for us.
    static func read(_ visitor: IncomingText) -> String? {
        let text = visitor.text
        guard text.contains("\r\n\r\n") else { return nil }
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count == 3, words[0] == "GET" else { return "" }
        return String(words[1])
    }
}
