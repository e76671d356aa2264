internal import CLinux
internal import SystemPackage

/// For whom files are written: oneself, or another user of this machine.
///
/// What is done for another is done with that user's rights and no more, so that nothing of it can
/// reach what that user could not: a folder full of links harms nobody else.
package struct Recipient: Equatable, Sendable {
    /// Whoever runs the program.
    package static let oneself = Recipient(uid: nil, gid: 0)

    private let uid: UInt32?
    private let gid: UInt32

    private init(uid: UInt32?, gid: UInt32) {
        self.uid = uid
        self.gid = gid
    }

    /// A user by name or number; nil where this machine has none.
    package init?(named name: String) {
        var (uid, gid): (UInt32, UInt32) = (0, 0)
        if lk_user(name, &uid, &gid) == 0 {
        } else if let number = UInt32(name), lk_user_of(number, &gid) == 0 {
            uid = number
        } else {
            return nil
        }
        self.init(uid: uid == lk_owner() ? nil : uid, gid: gid)
    }

    /// Whether this program may write for that user.
    package var mayBeServed: Bool { (try? act { () throws(DiskError) in }) != nil }

    /// Runs a body that opens and makes files with the recipient's rights.
    ///
    /// The rights belong to the thread, so the body must not wait for another.
    package func act<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws -> Value {
        guard let uid else { return try body() }
        try checked(lk_act_as(uid, gid), "setfsuid", "\(uid)")
        defer { _ = lk_act_as_oneself() }
        return try body()
    }
}
