import LarkiveCore
@testable import LarkiveFeishu

/// What the other reader's answer looks like without the texts that are not kept.
enum Blanked {
    static func answer(_ json: JSON) -> JSON {
        change(json, "data") { data in
            change(change(data, "messages") { list in each(list, message) }, "message", message)
        }
    }

    private static func message(_ json: JSON) -> JSON {
        var json = change(json, "attachments") { list in
            each(list) { change($0, "body", blank) }
        }
        for name in ["body_html", "body_plain_text", "body_preview"] {
            json = change(json, name, blank)
        }
        return json
    }

    private static func blank(_ json: JSON) -> JSON { json.string == nil ? json : "" }

    private static func each(_ json: JSON, _ body: (JSON) -> JSON) -> JSON {
        json.array.map { .array($0.map(body)) } ?? json
    }

    private static func change(_ json: JSON, _ name: String, _ body: (JSON) -> JSON) -> JSON {
        guard let object = json.object else { return json }
        return .object(
            JSONObject(
                object.members.map {
                    .init(name: $0.name, value: $0.name == name ? body($0.value) : $0.value)
                }
            )
        )
    }
}
