import CLinux
import FoundationEssentials
import LarkiveCore

/// Finds, checks and reads the files that the operator wrote.
struct ConfigFile {
    let path: String

    /// The given file, else the first that is there of the usual places.
    static func find(
        given: String?,
        environment: [String: String]
    ) throws(UsageError) -> ConfigFile {
        if let given = given ?? environment["LARKIVE_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) {
            guard FileManager.default.fileExists(atPath: given) else {
                throw UsageError("there is no config file \(given)", hint: "make one: larkive init")
            }
            return ConfigFile(path: absolute(given))
        }
        let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        let places =
            ["larkive.yaml"] + [home.map { "\($0)/larkive/larkive.yaml" }].compactMap { $0 }
            + ["/etc/larkive/larkive.yaml"]
        guard let found = places.first(where: FileManager.default.fileExists) else {
            throw UsageError(
                "no config file: looked for \(places.joined(separator: ", "))",
                hint: "make one with `larkive init DIR`, or name it with --config"
            )
        }
        return ConfigFile(path: absolute(found))
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    var folder: String {
        path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }

    /// A planted config could send the secret elsewhere: only one's own or root's counts.
    func read() throws(UsageError) -> Config {
        try Trust.checkOwner(of: path)
        try Trust.checkOwner(of: folder.isEmpty ? "/" : folder)
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw UsageError("\(path) cannot be read as UTF-8 text") }
        return try ConfigReader(path: path, folder: folder).read(text)
    }
}

/// Who may have written a file, and who may read it.
enum Trust {
    static func checkOwner(of path: String) throws(UsageError) {
        let found = try stat(path)
        guard found.owner == lk_owner() || found.owner == 0 else {
            throw UsageError(
                "\(path) belongs to user id \(found.owner), not to you or root",
                hint: "chown it, or name another file with --config"
            )
        }
        let isSticky = found.mode & 0o1000 != 0
        guard found.mode & 0o022 == 0 || isSticky else {
            throw UsageError("\(path) can be written by others", hint: "chmod go-w \(path)")
        }
    }

    /// The app secret: from its file, which nobody else may read, or from the environment.
    static func secret(
        _ config: Config,
        environment: [String: String]
    ) throws(UsageError) -> Secret<String> {
        if let secret = environment["LARKIVE_APP_SECRET"], !secret.isEmpty { return Secret(secret) }
        guard let path = config.feishu.appSecretFile else {
            throw UsageError(
                "no app secret: `feishu.app_secret_file` is missing",
                hint: "name a file in the config, or set LARKIVE_APP_SECRET"
            )
        }
        let found = try stat(path)
        let credentials = environment["CREDENTIALS_DIRECTORY"]
        let isSystemds =
            credentials.map { path.hasPrefix("\($0)/") && !path.contains("/../") } ?? false
        guard found.mode & 0o077 == 0 || isSystemds else {
            throw UsageError("\(path) can be read by others", hint: "chmod 600 \(path)")
        }
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let text = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
        guard !text.isEmpty else { throw UsageError("\(path) is empty or cannot be read") }
        return Secret(text)
    }

    private static func stat(_ path: String) throws(UsageError) -> lk_stat {
        var found = lk_stat()
        guard lk_stat_path(path, &found) == 0 else { throw UsageError("\(path) cannot be opened") }
        return found
    }
}

/// Where STATE is when the config does not say: outside the archive, by its id.
enum StateFolder {
    static func path(
        _ configured: String?,
        archive id: String,
        environment: [String: String]
    ) -> String {
        if let configured { return configured }
        if let state = environment["XDG_STATE_HOME"], !state.isEmpty {
            return "\(state)/larkive/\(id)"
        }
        if lk_owner() == 0 { return "/var/lib/larkive/\(id)" }
        return "\(environment["HOME"] ?? "")/.local/state/larkive/\(id)"
    }
}
