internal import CZlib
internal import LarkiveCore

/// One gzip member (RFC 1952) without name and time.
enum Gzip {
    private static let gzipWindow: Int32 = 15 + 16
    private static let chunk = 1 << 16

    static func compress(_ bytes: [UInt8]) throws(AuditError) -> [UInt8] {
        var stream = z_stream()
        let opened = deflateInit2_(
            &stream,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            gzipWindow,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard opened == Z_OK else { throw AuditError(.notWritable, "deflateInit2: \(opened)") }
        defer { deflateEnd(&stream) }
        let (output, status) = run(&stream, over: bytes, limit: .max) { deflate(&$0, Z_FINISH) }
        guard status == Z_STREAM_END else { throw AuditError(.notWritable, "deflate: \(status)") }
        return output
    }

    /// Exactly one member and nothing after it; at most `limit` bytes come out.
    static func decompress(_ bytes: [UInt8], limit: Int = 1 << 30) throws(AuditError) -> [UInt8] {
        let (output, status, left) = try inflated(bytes, limit: limit)
        guard status == Z_STREAM_END, left == 0 else {
            throw AuditError(.damaged, "inflate: \(status), \(left) bytes left over")
        }
        return output
    }

    /// The first bytes that come out, at least so many where there are; whether the rest is sound
    /// is not looked at.
    static func beginning(of bytes: [UInt8], _ count: Int) throws(AuditError) -> [UInt8] {
        let (output, status, _) = try inflated(bytes, limit: count)
        guard status == Z_OK || status == Z_STREAM_END else {
            throw AuditError(.damaged, "inflate: \(status)")
        }
        return output
    }

    private static func inflated(
        _ bytes: [UInt8],
        limit: Int
    ) throws(AuditError) -> (output: [UInt8], status: Int32, left: UInt32) {
        var stream = z_stream()
        let opened = inflateInit2_(
            &stream,
            gzipWindow,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard opened == Z_OK else { throw AuditError(.damaged, "inflateInit2: \(opened)") }
        defer { inflateEnd(&stream) }
        let (output, status) = run(&stream, over: bytes, limit: limit) { inflate(&$0, Z_NO_FLUSH) }
        return (output, status, stream.avail_in)
    }

    private static func run(
        _ stream: inout z_stream,
        over input: [UInt8],
        limit: Int,
        _ step: (inout z_stream) -> Int32
    ) -> (output: [UInt8], status: Int32) {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: chunk)
        var input = input
        let status = input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = uInt(source.count)
            var status = Z_OK
            while status == Z_OK, output.count <= limit {
                let made = buffer.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = uInt(chunk)
                    status = step(&stream)
                    return chunk - Int(stream.avail_out)
                }
                output += buffer.prefix(made)
            }
            return status
        }
        return (output, status)
    }
}
