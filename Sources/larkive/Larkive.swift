import ArgumentParser
import Logging
import Yams
import LarkiveCore
import LarkiveFeishu
import LarkiveVault
@main struct Larkive: AsyncParsableCommand { func run() async throws {} }
