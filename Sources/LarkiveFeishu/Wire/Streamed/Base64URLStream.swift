/// Decodes base64url that arrives in pieces (RFC 4648, section 5).
///
/// Strict: letters, digits, `-` and `_`; no space; padding at the end is complete or absent; bits
/// that belong to no byte are zero. Whoever writes otherwise means something that we do not know.
struct Base64URLStream: Sendable {
    private var bits: UInt32 = 0
    /// Digits of an unfinished group, 0 to 3.
    private var held = 0
    private var padding = 0
    private var decoded: [UInt8] = []
    private(set) var size = 0

    /// Bytes that are decoded and not drained.
    var waiting: Int { decoded.count }

    /// Takes digits until the first byte that is none; returns how many it took.
    mutating func take(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var place = 0
        while place < count, held != 0 || padding != 0 {
            guard step(bytes[place]) else { return place }
            place += 1
        }
        place += takeGroups(bytes + place, (count - place) / 4)
        while place < count, step(bytes[place]) { place += 1 }
        return place
    }

    /// Whether what was taken is whole; what is left of it can be drained then.
    mutating func end() -> Bool {
        guard padding == 0 || held + padding == 4 else { return false }
        switch held {
        case 0: return true
        case 2 where bits & 0xF == 0: append([UInt8(truncatingIfNeeded: bits >> 4)])
        case 3 where bits & 0x3 == 0:
            append([UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)])
        default: return false
        }
        held = 0
        return true
    }

    mutating func drain() -> [UInt8] {
        defer { decoded = [] }
        return decoded
    }

    private mutating func append(_ bytes: [UInt8]) {
        decoded += bytes
        size += bytes.count
    }

    private mutating func step(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "=") {
            guard held >= 2, held + padding < 4 else { return false }
            padding += 1
            return true
        }
        let value = Self.values[Int(byte)]
        guard padding == 0, value < 64 else { return false }
        bits = bits << 6 | UInt32(value)
        held += 1
        guard held == 4 else { return true }
        append([
            UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
            UInt8(truncatingIfNeeded: bits),
        ])
        (bits, held) = (0, 0)
        return true
    }

    /// Nearly everything goes through here: four digits, three bytes, no call inside of the loop.
    private mutating func takeGroups(_ bytes: UnsafePointer<UInt8>, _ groups: Int) -> Int {
        guard groups > 0 else { return 0 }
        let made = [UInt8](unsafeUninitializedCapacity: groups * 3) { room, count in
            count = Self.decode(bytes, groups, into: room.baseAddress)
        }
        append(made)
        return made.count / 3 * 4
    }

    private static func decode(
        _ bytes: UnsafePointer<UInt8>,
        _ groups: Int,
        into room: UnsafeMutablePointer<UInt8>?
    ) -> Int {
        values.withUnsafeBufferPointer { values in
            guard var out = room, let table = values.baseAddress else { return 0 }
            var input = bytes
            var group = 0
            while group < groups {
                let a = table[Int(input[0])]
                let b = table[Int(input[1])]
                let c = table[Int(input[2])]
                let d = table[Int(input[3])]
                if a | b | c | d >= 64 { break }
                out[0] = a &<< 2 | b &>> 4
                out[1] = b &<< 4 | c &>> 2
                out[2] = c &<< 6 | d
                (input, out, group) = (input + 4, out + 3, group + 1)
            }
            return group * 3
        }
    }

    /// The value of each byte as a digit; 255 for those that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for (value, digit) in digits.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()
}
