import LarkiveCore
import LarkiveVault

extension World {
    /// What was found damaged while files were handed out is recorded, so that nobody takes it for
    /// good from now on; where that fails it is told and no more.
    func noteDamage(_ digest: ContentDigest, _ words: String, in vault: ReadingVault) {
        // Where that cannot be read it is recorded: rather twice than never.
        let isKnown = (try? vault.care().isKnownDamaged(digest)) ?? false
        guard !isKnown else { return }
        do {
            try vault.note(.damaged(digest, words, actor), at: clock.now())
        } catch {
            Terminal.complain(
                "the damage cannot be recorded: \(VaultError(error).detail)",
                hint: nil
            )
        }
    }
}
