@testable import FeishuSandbox

extension SandboxServer {
    /// Signs in and asks for a link to the first file, without going through the socket.
    func mintLink() throws -> String {
        try withPlatform { platform in
            let (token, _) = platform.tokens.token(at: clock.now)
            let call = Call("GET", SmallWorld.links + "a1", authorization: "Bearer " + token)
            let data = try platform.answer(call, at: clock.now).json["data"]
            return try data?["download_urls"].items.first?["download_url"].text ?? ""
        }
    }
}
