internal import Synchronization

/// Lets one process be started at a time: Foundation's `Process.run` is not safe beside itself.
package enum Launching {
    private static let turn = Mutex(())

    package static func alone(_ body: () throws -> Void) throws {
        try turn.withLock { _ in try body() }
    }
}
