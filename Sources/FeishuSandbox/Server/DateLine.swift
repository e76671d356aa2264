import NIOCore
import NIOHTTP1

/// Puts the `Date` that an answer wants in place of the one that Hummingbird insists on.
final class DateLine: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The header under which the wanted date travels as far as here.
    static let carrier = "x-sandbox-date"

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data),
            let date = head.headers.first(name: Self.carrier)
        else { return context.write(data, promise: promise) }
        head.headers.remove(name: Self.carrier)
        head.headers.replaceOrAdd(name: "Date", value: date)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

/// Places a ``DateLine`` next to the encoder of a new connection.
final class DateLineInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) else { return }
        try? pipeline.addHandler(DateLine(), position: .after(encoder))
    }
}
