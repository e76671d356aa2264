import LarkiveCore

/// Recognises what is sent in place of a file with status 200.
///
/// The rules err on the side of keeping: genuine pages and JSON files are archived.
enum NotAFile {
    /// A JSON error is never larger than this.
    static let mostHeldBack = 65_536

    private static let pageNames = [".htm", ".html", ".xhtml", ".mht", ".svg"]

    /// A page of HTML that nobody calls a file.
    static func isPage(_ headers: HeaderLines, named name: String) -> Bool {
        let type = headers["Content-Type"]?.split(separator: ";").first ?? ""
        guard type.filter({ !$0.isWhitespace }).lowercased() == "text/html" else { return false }
        let disposition = headers["Content-Disposition"]?.lowercased() ?? ""
        let isNamed = disposition.contains("filename=") || disposition.contains("filename*=")
        return !isNamed && !pageNames.contains { name.lowercased().hasSuffix($0) }
    }

    /// A whole body that is an error in Feishu's form.
    static func isError(_ body: [UInt8], named name: String) -> Bool {
        guard body.count <= mostHeldBack, !name.lowercased().hasSuffix(".json"),
            let object = (try? JSONReader.read(body))?.object,
            let code = object["code"]?.integer
        else { return false }
        return code != 0 && object["msg"] != nil
    }
}
