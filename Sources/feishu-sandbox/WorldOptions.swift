import ArgumentParser
import FeishuSandbox
import FoundationEssentials

extension WorldRecipe.Scale: ExpressibleByArgument {}

/// Where the world comes from: a file, or a seed and some numbers.
struct WorldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A world in YAML, instead of a seeded one.", valueName: "file.yaml"))
    var world: String?

    @Option(help: ArgumentHelp("What goes wrong: faults, a storm.", valueName: "file.yaml"))
    var faults: String?

    @Option(help: "Seed of the world; the same seed makes the same world.")
    var seed: UInt64 = 1

    @Option(help: "Number of mailboxes.")
    var mailboxes = 2

    @Option(help: "Messages in each mailbox; about a third have attachments.")
    var messages = 60

    @Option(help: "Tasks in each of the two tasklists.")
    var tasks = 20

    @Option(help: "small, or bench: with an attachment of 2 GiB.")
    var scale: WorldRecipe.Scale = .small

    func validate() throws {
        let numbers = [mailboxes, messages, tasks]
        guard numbers.allSatisfy({ (0...10_000_000).contains($0) }) else {
            throw ValidationError("mailboxes, messages and tasks must not be negative")
        }
    }

    func read() throws -> World {
        var made = try world.map { try Self.read($0, WorldFile.world) } ?? World(recipe)
        if let faults { made.apply(try Self.read(faults, WorldFile.script)) }
        return made
    }

    private static func read<Content>(
        _ path: String,
        _ parse: (String) throws(WorldFileError) -> Content
    ) throws -> Content {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw ValidationError("\(path): cannot be read")
        }
        do {
            return try parse(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw ValidationError("\(path): \(error)")
        }
    }

    private var recipe: WorldRecipe {
        WorldRecipe(
            seed: seed,
            mailboxes: mailboxes,
            messages: messages,
            tasks: tasks,
            scale: scale
        )
    }
}

/// The app that may call, where it differs from the world's.
struct AppOptions: ParsableArguments {
    @Option(help: "The app's id.")
    var appID: String?

    @Option(help: "The app's secret; no real one belongs here.")
    var appSecret: String?

    func apply(to world: World) -> World {
        var world = world
        world.app.id = appID ?? world.app.id
        world.app.secret = appSecret ?? world.app.secret
        return world
    }
}
