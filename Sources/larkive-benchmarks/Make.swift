import ArgumentParser
import FoundationEssentials

/// `make`: an archive like one that has run for years, in minutes.
struct Make: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an archive with its config, through the code that larkive itself uses.",
        discussion: """
            The same seed gives the same mailboxes, messages, names and bytes; keys, salts and times of \
            recording differ. TO/lookups.tsv names lookups to measure, with what they must find at least.
            """
    )

    @Option(help: "How many attachments.") var attachments = 1_000_000
    @Option(help: "How many mailboxes.") var mailboxes = 200
    @Option(help: "How many different contents; each is a real object.") var contents = 20_000
    @Option(help: "What decides everything that is random.") var seed: UInt64 = 1
    @Option(help: "The folder to make; it must not exist.") var to: String

    func validate() throws {
        guard attachments >= Scale.fewestAttachments, mailboxes >= Scale.fewestMailboxes,
            contents >= Scale.fewestContents
        else {
            throw ValidationError(
                """
                too small: at least --attachments \(Scale.fewestAttachments), \
                --mailboxes \(Scale.fewestMailboxes), --contents \(Scale.fewestContents)
                """
            )
        }
        guard !FileManager.default.fileExists(atPath: to) else {
            throw ValidationError("\(to) exists; name a folder that does not, or remove it first")
        }
    }

    func run() async throws {
        let began = ContinuousClock.now
        let scale = Scale(
            attachments: attachments,
            mailboxes: mailboxes,
            contents: contents,
            seed: seed
        )
        let place = try Place.make(at: to)
        var maker = try await ArchiveMaker(scale, at: place)
        try await maker.make()
        try place.write(maker.lookups.text, as: "lookups.tsv")
        let time = began.duration(to: .now).inSeconds
        print("attachments      \(maker.attachments), made in \(time)")
        for line in place.sizes { print(line) }
        print("config           \(place.config)")
    }
}
