import LarkiveCore

@testable import LarkiveFeishu

extension ScriptedTransport {
    /// Links for whatever is asked for, and something behind them.
    static func serving(_ file: @escaping Script) -> Script {
        { asked in
            guard asked.isFor("download_url") else { return file(asked) }
            let links = asked.all("attachment_ids").map {
                #"{"attachment_id":"\#($0)","download_url":"https://host/get?n=\#(asked.earlier)"}"#
            }
            return .data(#"{"download_urls":[\#(links.joined(separator: ","))]}"#)
        }
    }
}

extension ScriptedTransport.Reply {
    static func file(_ text: String) -> Self {
        .body(200, [("Content-Length", String(text.utf8.count))], [Array(text.utf8)])
    }
}
