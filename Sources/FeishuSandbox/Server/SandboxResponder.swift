import HTTPTypes
import Hummingbird
import NIOCore

/// Turns requests into calls and answers into responses.
///
/// Hummingbird's own router is left out: it knows nothing of a slash inside an id.
struct SandboxResponder: HTTPResponder {
    /// What a response needs to know of its connection.
    struct Context: InitializableFromSource, Sendable {
        let channel: any Channel

        init(source: ApplicationRequestContextSource) { channel = source.channel }
    }

    let desk: SandboxDesk

    func respond(to request: Request, context: Context) async throws -> Response {
        let call = try await Call(request)
        guard call.segments.first != "_sandbox" else { return control(call).response(to: call) }
        let answer = desk.answer(call)
        guard !answer.delivery.isDropped else {
            // The response that follows finds the connection closed and goes nowhere.
            if answer.delivery.isReset { await context.channel.lingerForNothing() }
            try? await context.channel.close()
            return Response(status: .ok)
        }
        guard !answer.delivery.isUnframed else {
            try await UnframedDelivery(answer).send(over: context.channel)
            return Response(status: .ok)
        }
        let body = BodyDelivery(answer) { [desk] count in
            desk.withPlatform { $0.count(served: count) }
        }
        return answer.response(to: call, body: body.responseBody)
    }
}

extension Call {
    static let maximumBody = 4 << 20

    init(_ request: Request) async throws {
        let body = try await request.body.collect(upTo: Self.maximumBody)
        self.init(
            request.method.rawValue,
            request.uri.string,
            authorization: request.headers[.authorization],
            hasRange: request.headers[.range] != nil,
            body: Array(body.readableBytesView)
        )
    }
}

extension Answer {
    func response(to call: Call) -> Response {
        response(to: call, body: BodyDelivery(self).responseBody)
    }

    /// `HEAD` gets the head alone, with the length that a body would have.
    fileprivate func response(to call: Call, body: ResponseBody) -> Response {
        var fields = HTTPFields()
        for header in headers {
            let isDate = header.name.lowercased() == "date"
            guard let name = HTTPField.Name(isDate ? DateLine.carrier : header.name) else {
                continue
            }
            fields.append(HTTPField(name: name, value: header.value))
        }
        if !delivery.isChunked { fields[.contentLength] = String(count) }
        let status = HTTPResponse.Status(code: status)
        return Response(
            status: status,
            headers: fields,
            body: call.method == "HEAD" ? .init() : body
        )
    }
}
