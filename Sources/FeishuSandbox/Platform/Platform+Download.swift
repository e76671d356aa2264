extension Platform {
    /// The download host: no envelope, no authorization; a link is all.
    mutating func download(_ visit: Visit) -> Answer {
        if visit.call.authorization != nil { counters.authorizationOnLinkHost += 1 }
        if visit.call.method == "HEAD" { counters.head += 1 }
        if visit.call.hasRange { counters.range += 1 }
        let code = visit.call.first("code") ?? ""
        switch links.spend(code, at: visit.now) {
        case .good(let content, let name):
            counters.linkUses += 1
            return answer(visit, about: links.subject(of: code)) { platform, visit in
                platform.redirect(visit, from: code) ?? .file(content, named: name)
            }
        case .expired: counters.usesAfterExpiry += 1
        case .usedUp: counters.usesBeyondLimit += 1
        case .failed: break
        case .unknown: counters.unknownLinks += 1
        }
        return .text(403, "link is invalid or expired")
    }

    /// Documentation is silent on redirects; a fault makes them.
    private mutating func redirect(_ visit: Visit, from code: String) -> Answer? {
        for effect in visit.effects {
            switch effect {
            case .redirect: return redirect(visit, from: code, to: "{link}", status: 302)
            case .redirectTo(let text, let status):
                return redirect(visit, from: code, to: text, status: status)
            default: continue
            }
        }
        return nil
    }

    private mutating func redirect(
        _ visit: Visit,
        from code: String,
        to text: String,
        status: Int
    ) -> Answer? {
        var location = text
        if text.contains("{link}") || text.contains("{path}") {
            guard let fresh = links.mintAgain(code, at: visit.now) else { return nil }
            let link = url(for: fresh)
            location.replace("{link}", with: link)
            location.replace("{path}", with: String(link.dropFirst(baseURL.count)))
        }
        location.replace("{host}", with: String(baseURL.dropFirst("http://".count)))
        var answer = Answer.text(status, "")
        answer.headers.append(Header("Location", location))
        return answer
    }
}

extension Answer {
    /// A file as the download host sends it.
    static func file(_ content: World.Content, named name: String) -> Answer {
        Answer(
            status: 200,
            headers: [
                Header("Content-Type", MediaType.of(name)),
                Header("Content-Disposition", disposition(name)),
            ],
            body: .content(content, count: content.count)
        )
    }

    /// Both spellings of RFC 6266: a plain fallback and the exact name.
    private static func disposition(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar in
            scalar.isASCII && scalar.value >= 0x20 && !"\"\\%".unicodeScalars.contains(scalar)
                && scalar.value != 0x7F ? Character(scalar) : "_"
        }
        return "attachment; filename=\"\(String(plain))\"; "
            + "filename*=UTF-8''\(PercentText.encode(name))"
    }
}

/// The media type that a file's name suggests.
enum MediaType {
    static func of(_ name: String) -> String {
        switch name.split(separator: ".").last?.lowercased() {
        case "html", "htm": "text/html; charset=utf-8"
        case "json": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "pdf": "application/pdf"
        case "txt": "text/plain; charset=utf-8"
        case "csv": "text/csv; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
