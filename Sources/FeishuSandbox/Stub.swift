package import Hummingbird
import Crypto
import Yams
package enum SandboxStub { package static func r() -> Router<BasicRequestContext> { Router() } }
