/// Where an attachment lives in Feishu; one key, one attachment.
package enum AttachmentKey: Hashable, Sendable {
    case mail(Mailbox.ID, Message.ID, Attachment.ID)
    case task(TaskItem.ID, Attachment.ID)
}

extension AttachmentKey: CustomStringConvertible {
    /// The key as text, each part percent-encoded; the form is fixed in docs/format.md.
    package var description: String {
        switch self {
        case .mail(let mailbox, let message, let attachment):
            "mail:" + [mailbox.rawValue, message.rawValue, attachment.rawValue].encodedPath
        case .task(let task, let attachment):
            "task:" + [task.rawValue, attachment.rawValue].encodedPath
        }
    }

    /// Reads the text form back; nil when it is not exactly what `description` would print.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let parts = text[text.index(after: colon)...]
            .split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.decode($0) ?? "" }
        switch (text[..<colon], parts.count) {
        case ("mail", 3):
            guard let mailbox = Mailbox.address(parts[0]), let message = Message.ID(parts[1]),
                let attachment = Attachment.ID(parts[2])
            else { return nil }
            self = .mail(mailbox, message, attachment)
        case ("task", 2):
            guard let task = TaskItem.ID(parts[0]), let attachment = Attachment.ID(parts[1])
            else { return nil }
            self = .task(task, attachment)
        default: return nil
        }
        guard description == text else { return nil }
    }
}

extension [String] {
    fileprivate var encodedPath: String {
        map(PercentEncoding.encode).joined(separator: "/")
    }
}

/// Percent-encoding of everything but `A-Z a-z 0-9 - . _ ~ @`, upper-case hex.
package enum PercentEncoding {
    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) { bytes.append(byte) } else { bytes += escape(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil when an escape is malformed or the bytes are not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = Hex.value(high, low)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
