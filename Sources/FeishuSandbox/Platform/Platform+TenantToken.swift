import FoundationEssentials

extension Platform {
    /// The flat answer of `tenant_access_token/internal`.
    ///
    /// Source: its page, and the general codes.
    ///
    /// Failures are HTTP 200 with a code.
    /// Content-Type is not looked at: the official Python client sends none.
    mutating func tenantToken(_ visit: Visit) -> WireJSON {
        guard let body = TokenRequest(visit.call.body) else {
            return failure(10_003, "invalid param")
        }
        guard body.appID == world.app.id else { return failure(99_991_543, "app id not exists") }
        guard !world.app.isDisabled else { return failure(10_014, "app is disabled") }
        guard body.appSecret == world.app.secret else {
            return failure(10_015, "app secret invalid")
        }
        let (token, left) = tokens.token(at: visit.now)
        return [
            "code": 0, "msg": "ok", "tenant_access_token": .string(token),
            "expire": .int(left.milliseconds / 1000),
        ]
    }

    private mutating func failure(_ code: Int64, _ message: String) -> WireJSON {
        counters.refused[Endpoint.tenantToken.rawValue, default: 0] += 1
        return ["code": .int(code), "msg": .string(message)]
    }
}

private struct TokenRequest: Decodable {
    let appID: String
    let appSecret: String

    private enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case appSecret = "app_secret"
    }

    init?(_ body: [UInt8]) {
        guard let request = try? JSONDecoder().decode(Self.self, from: Data(body)) else {
            return nil
        }
        self = request
    }
}
