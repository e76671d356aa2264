import Crypto
import FoundationEssentials
import LarkiveCore
import LarkiveFeishu

/// Makes the question to a user, with a proof key and a state that nobody can guess.
enum LoginQuestion {
    static func make(_ config: Config, port: UInt16) -> LoginRequest {
        let verifier = random()
        let challenge = base64url(Array(SHA256.hash(data: Array(verifier.utf8))))
        return LoginRequest(
            redirect: "http://127.0.0.1:\(port)/callback",
            state: random(),
            verifier: Secret(verifier),
            challenge: challenge,
            scopes: scopes(config)
        )
    }

    /// What the config needs and no more; `offline_access` is what lets runs go on by themselves.
    static func scopes(_ config: Config) -> [String] {
        var scopes = ["offline_access"]
        let looks = config.includesMe || !config.discover.isEmpty
        if looks || !config.mailboxes.isEmpty {
            let message = "mail:user_mailbox.message"
            scopes += [
                "\(message):readonly", "\(message).body:read", "\(message).subject:read",
                "\(message).address:read", "mail:user_mailbox.folder:read",
            ]
        }
        if looks { scopes.append("mail:user_mailbox:readonly") }
        if config.discover.contains(.public) { scopes.append("mail:public_mailbox:readonly") }
        if config.myTasks || !config.tasks.isEmpty || !config.tasklists.isEmpty {
            scopes += ["task:task:read", "task:tasklist:read", "task:attachment:read"]
        }
        return scopes
    }

    /// 256 bits from the system, as 43 letters.
    private static func random() -> String {
        var system = SystemRandomNumberGenerator()
        return base64url((0..<32).map { _ in UInt8.random(in: 0...255, using: &system) })
    }

    private static func base64url(_ bytes: [UInt8]) -> String {
        let letters = Data(bytes).base64EncodedString()
        return String(
            letters.compactMap { letter in
                switch letter {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: letter
                }
            }
        )
    }
}
