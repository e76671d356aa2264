extension WorldFile {
    static func user(_ node: StrictNode) throws(WorldFileError) -> World.User {
        let fields = try node.fields([
            "open_id", "name", "en_name", "address", "accessible", "tasks", "granted", "denies",
            "consent_start", "consent_days", "access_seconds", "refresh_seconds",
        ])
        let address = try fields.needed("address").text()
        let name = try fields.text("name") ?? address
        var user = World.User(.init(name: name, address: address))
        user.openID = try fields.text("open_id") ?? user.openID
        user.englishName = try fields.text("en_name") ?? ""
        for item in try fields.items("accessible") { user.accessible.append(try accessible(item)) }
        if fields["tasks"] != nil { user.tasks = Set(try fields.texts("tasks")) }
        if fields["granted"] != nil { user.granted = Set(try fields.texts("granted")) }
        user.denies = try fields.flag("denies")
        try readTimes(fields, into: &user)
        return user
    }

    private static func readTimes(
        _ fields: StrictFields,
        into user: inout World.User
    ) throws(WorldFileError) {
        user.consentStart = try fields.integer("consent_start").map {
            Moment(milliseconds: Int64($0))
        }
        user.consentDays = try fields.integer("consent_days") ?? user.consentDays
        guard (0...100_000).contains(user.consentDays) else {
            throw fields.owner.error("'consent_days' is out of range")
        }
        user.accessLife = try fields["access_seconds"]?.seconds() ?? user.accessLife
        user.refreshLife = try fields["refresh_seconds"]?.seconds() ?? user.refreshLife
    }

    private static func accessible(
        _ node: StrictNode
    ) throws(WorldFileError) -> World.AccessibleMailbox {
        let fields = try node.fields(["address", "type"])
        return World.AccessibleMailbox(
            try fields.needed("address").text(),
            try fields.word("type", World.AccessibleMailbox.Kind.self) ?? .publicMailbox
        )
    }
}
