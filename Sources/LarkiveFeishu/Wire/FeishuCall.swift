import LarkiveCore

/// One question to Feishu, without a token.
struct FeishuCall: Sendable {
    let endpoint: Endpoint
    /// The ids in the path, raw.
    var ids: [String] = []
    var query: [QueryItem] = []
    var body: Secret<[UInt8]>?
    var tries = 4
    /// False when the platform may have done what was asked though its answer was lost.
    var isRepeatable = true
    /// Where it is asked, if not at the base: tokens may come from another host.
    var address: String?
    /// How the answer is read if it may carry files; whole otherwise.
    var streamed: StreamedAnswer?

    init(_ endpoint: Endpoint, _ ids: String...) {
        self.endpoint = endpoint
        self.ids = ids
    }

    func with(_ name: String, _ value: String) -> FeishuCall {
        var call = self
        call.query.append(QueryItem(name, value))
        return call
    }

    func with(body: JSON) -> FeishuCall {
        var call = self
        call.body = Secret(JSONWriter.bytes(of: body))
        return call
    }

    func tried(atMost tries: Int) -> FeishuCall {
        var call = self
        call.tries = tries
        return call
    }

    func reading(_ streamed: StreamedAnswer) -> FeishuCall {
        var call = self
        call.streamed = streamed
        return call
    }
}

/// An answer with code 0.
struct FeishuAnswer: Sendable {
    let object: JSONObject
    /// When the call that was answered started.
    let sent: Duration
    /// Files that came in it; whoever does not keep them discards them.
    var bodies: [BodyPlace: Staged] = [:]
    var logID: String?

    /// Empty where there is none, as on the token endpoint.
    var data: JSONObject { object["data"]?.object ?? JSONObject() }
}
