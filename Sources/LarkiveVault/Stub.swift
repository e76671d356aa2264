import CZlib
import CLinux
import Crypto
import GRDB
import SystemPackage
import LarkiveCore
enum Stub { static func a() throws -> DatabaseQueue { _ = zlibVersion(); return try DatabaseQueue() }
 static let b = SHA256.self }
