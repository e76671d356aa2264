import LarkiveCore

extension UserLogin {
    /// The text of the token file; the only place where tokens become bytes.
    var bytes: [UInt8] {
        let object: JSONObject = [
            "version": 1,
            "base_url": .string(owner.base.description),
            "app_id": .string(owner.appID),
            "open_id": .string(person.rawValue),
            "address": address.map { .string($0.rawValue) },
            "scope": .string(tokens.scope),
            "consented_at": .string(consented.description),
            "refresh_token": .string(tokens.refresh.reveal()),
            "refresh_expires_at": .string(tokens.refreshEnd.description),
            "access_token": .string(tokens.access.reveal()),
            "access_issued_at": .string(tokens.issued.description),
            "access_expires_at": .string(tokens.accessEnd.description),
        ]
        return JSONWriter.bytes(of: .object(object)) + [UInt8(ascii: "\n")]
    }

    /// Nil for anything that is not the whole text of a token file.
    init?(_ bytes: [UInt8]) {
        guard let object = (try? JSONReader.read(bytes))?.object, object["version"] == 1,
            let base = object["base_url"]?.string.flatMap(BaseURL.init),
            let appID = object["app_id"]?.string,
            let person = object["open_id"]?.string.flatMap({ Person.ID($0) }),
            let consented = object.time("consented_at"),
            let tokens = UserTokens(stored: object)
        else { return nil }
        owner = LoginOwner(base: base, appID: appID)
        self.person = person
        address = object["address"]?.string.flatMap(Mailbox.address)
        self.consented = consented
        self.tokens = tokens
    }
}

extension UserTokens {
    fileprivate init?(stored object: JSONObject) {
        guard let access = object["access_token"]?.string.flatMap(AccessText.init),
            let refresh = object["refresh_token"]?.string.flatMap(AccessText.init),
            let issued = object.time("access_issued_at"),
            let accessEnd = object.time("access_expires_at"),
            let refreshEnd = object.time("refresh_expires_at"),
            let scope = object["scope"]?.string
        else { return nil }
        self.init(
            access: access.secret,
            issued: issued,
            accessEnd: accessEnd,
            refresh: refresh.secret,
            refreshEnd: refreshEnd,
            scope: scope
        )
    }
}

extension JSONObject {
    fileprivate func time(_ name: String) -> Timestamp? {
        self[name]?.string.flatMap(Timestamp.init)
    }
}
