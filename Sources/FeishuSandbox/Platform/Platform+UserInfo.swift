extension Platform {
    /// Source: the page on getting the logged-in user.
    ///
    /// Addresses come only with the scope for them, and are left out silently.
    func userInfo(_ visit: Visit) throws(APIError) -> WireJSON {
        guard case .user(let scopes) = visit.caller, let user = world.user else {
            throw .badUserToken
        }
        let picture = WireJSON.string("https://avatar.example/\(user.openID).png")
        var json: WireJSON = [
            "name": .string(user.name), "en_name": .string(user.englishName),
            "avatar_url": picture, "avatar_thumb": picture, "avatar_middle": picture,
            "avatar_big": picture, "open_id": .string(user.openID),
            "union_id": .string("on_" + StableHash.hex(user.openID)),
            "tenant_key": "736588c9260f175d",
        ]
        if scopes.contains("contact:user.email:readonly") {
            json.append("email", .string(user.address))
            json.append("enterprise_email", .string(user.address))
        }
        return json
    }
}
