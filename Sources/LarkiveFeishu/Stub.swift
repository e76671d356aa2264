import AsyncHTTPClient
import NIOCore
import NIOSSL
import LarkiveCore
enum Stub { static let x = HTTPClient.Configuration() }
