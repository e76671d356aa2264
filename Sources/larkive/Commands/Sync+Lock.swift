import LarkiveCore
import LarkiveVault

extension Sync {
    /// Takes the lock; a run that is refused asks the platform nothing.
    func opened(_ world: World, _ run: RunID) async throws -> Vault {
        do {
            return try await world.writing(run)
        } catch {
            guard let failure = error as? VaultError, failure.kind == .locked else { throw error }
            try refuse(world, failure)
            throw failure
        }
    }

    /// A refused run is recorded by the run that has the lock.
    private func refuse(_ world: World, _ failure: VaultError) throws {
        let event = AuditEvent(
            .runRefused,
            ["reason": "locked"],
            hidden: ["actor": .object(world.actor), "detail": .string(failure.detail)]
        )
        try ReadingVault.note(event, at: world.clock.now(), in: world.config.archive)
    }
}
