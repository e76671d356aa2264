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
        var output: [UInt8] = []
        let status = run(&stream, over: bytes, { deflate(&$0, Z_FINISH) }) { piece in
            output += piece
            return true
        }
        guard status == Z_STREAM_END else { throw AuditError(.notWritable, "deflate: \(status)") }
        return output
    }

    /// Exactly one member and nothing after it; at most `limit` bytes come out.
    static func decompress(_ bytes: [UInt8], limit: Int = 1 << 30) throws(AuditError) -> [UInt8] {
        var output: [UInt8] = []
        try unpack(bytes, limit: limit) { piece in
            output += piece
            return true
        }
        return output
    }

    /// Gives what comes out piece by piece, until `take` wants no more: then the rest is not looked at.
    ///
    /// Throws for more than `limit` bytes, and for what is not exactly one member, or, when told so, the
    /// beginning of one.
    static func unpack(
        _ bytes: [UInt8],
        limit: Int,
        isBeginning: Bool = false,
        _ take: (ArraySlice<UInt8>) -> Bool
    ) throws(AuditError) {
        var stream = z_stream()
        let opened = inflateInit2_(
            &stream,
            gzipWindow,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard opened == Z_OK else { throw AuditError(.damaged, "inflateInit2: \(opened)") }
        defer { inflateEnd(&stream) }
        var (size, isEnough) = (0, false)
        let status = run(&stream, over: bytes, { inflate(&$0, Z_NO_FLUSH) }) { piece in
            size += piece.count
            if size <= limit { isEnough = !take(piece) }
            return size <= limit && !isEnough
        }
        guard size <= limit else {
            throw AuditError(.damaged, "more than \(limit) bytes come out")
        }
        // No more was wanted, or no more was given.
        if isEnough || isBeginning && status == Z_BUF_ERROR { return }
        guard status == Z_STREAM_END, stream.avail_in == 0 else {
            throw AuditError(.damaged, "inflate: \(status), \(stream.avail_in) bytes left over")
        }
    }

    private static func run(
        _ stream: inout z_stream,
        over input: [UInt8],
        _ step: (inout z_stream) -> Int32,
        _ take: (ArraySlice<UInt8>) -> Bool
    ) -> Int32 {
        var buffer = [UInt8](repeating: 0, count: chunk)
        var input = input
        return input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = uInt(source.count)
            var (status, isWanted) = (Z_OK, true)
            while status == Z_OK, isWanted {
                let made = buffer.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = uInt(chunk)
                    status = step(&stream)
                    return chunk - Int(stream.avail_out)
                }
                isWanted = take(buffer.prefix(made))
            }
            return status
        }
    }
}
