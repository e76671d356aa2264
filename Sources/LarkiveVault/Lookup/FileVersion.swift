/// One content of an attachment: the number of the attachment, and of its version.
///
/// Of many files only this is kept; their rows are read some at a time.
package struct FileVersion: Hashable, Comparable, Sendable {
    package let attachment: Int64
    package let version: Int64

    package init(_ row: FileRow) { self.init(row.id, row.version) }

    init(_ attachment: Int64, _ version: Int64) {
        (self.attachment, self.version) = (attachment, version)
    }

    package static func < (one: Self, other: Self) -> Bool {
        (one.attachment, one.version) < (other.attachment, other.version)
    }
}
