import ArgumentParser
import FeishuSandbox
@main struct FeishuSandboxProgram: AsyncParsableCommand { func run() async throws { _ = SandboxStub.r() } }
