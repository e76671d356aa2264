/// What the operator has decided about an archive's place and its log.
package struct VaultRules: Sendable {
    /// How the bytes of a group of objects are made durable.
    package enum Barrier: String, Sendable, CaseIterable {
        /// One flush of the file system for many small files, one of each file for few.
        case auto
        /// Always one flush of the file system.
        case syncfs
        /// Always one flush of each file.
        case fsync
    }

    package var barrier = Barrier.auto
    /// Whether an archive may stand on a file system in user space.
    package var allowsFUSE = false
    /// Folders into which the newest note is copied after each run.
    package var auditCopies: [String] = []
    /// Is told of work that takes long before anything else happens.
    package var told: @Sendable (String) -> Void = { _ in }

    package init() {}
}
