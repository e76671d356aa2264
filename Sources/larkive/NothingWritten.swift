import LarkiveCore

/// The store and the log of a run that must write nothing.
struct NothingStored: ObjectStore {
    private static let refusal = StoreError(.notWritable, "a dry run writes nothing")

    func open(expecting size: Int64?) throws(StoreError) -> any Scratch { throw Self.refusal }
    func publish(_ group: [Staged]) throws(StoreError) -> Published { throw Self.refusal }
}

struct NothingLogged: AuditLog {
    private static let refusal = AuditError(.notWritable, "a dry run writes nothing")

    func append(_ events: [AuditEvent]) throws(AuditError) -> [AuditRecord] { throw Self.refusal }
    func seal() throws(AuditError) { throw Self.refusal }
}
