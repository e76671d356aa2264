package import LarkiveCore

package struct FeishuConnection: Sendable {
    package init(
        baseURL: String,
        appID: String,
        appSecret: Secret<String>,
        pacing: Bool,
        linkHosts: [String]
    ) throws { throw SourceError(.unreachable, "stub") }
    package var mail: any MailSource { get { NoMail() } }
    package var tasks: any TaskSource { get { NoTasks() } }
    package var fetcher: any AttachmentFetcher { get { NoFetcher() } }
    package func costs() -> RunFigures { RunFigures() }
    package func shutdown() async {}
}
struct NoMail: MailSource {
    func walk(_ mailbox: Mailbox.ID, visit: (MailPage) async throws -> Void) async throws {}
    func read(_ ids: [Message.ID], in mailbox: Mailbox.ID) async throws(SourceError) -> MailAnswers
    { MailAnswers(answers: [:], proves: false) }
}
struct NoTasks: TaskSource {
    func walk(_ root: TaskRoot, visit: (TaskPage) async throws -> Void) async throws {}
}
struct NoFetcher: AttachmentFetcher {
    func fetch(
        _ parcel: Parcel,
        into scratches: any ScratchStore,
        deliver: @Sendable (Delivery) async -> Void
    ) async {}
}
