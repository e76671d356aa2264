/// Which names many files get beneath one folder, so that none meets another on any file system.
///
/// Names that are equal but for case and form all get the beginning of their digest; the same bytes
/// under one name are one file. The same files get the same names, in whatever order they come.
package struct NamePlan {
    package struct Wish: Hashable, Sendable {
        /// Names of folders that are safe already.
        package let folders: [String]
        package let name: String
        package let digest: ContentDigest

        package init(folders: [String] = [], name: String, digest: ContentDigest) {
            self.folders = folders
            self.name = name
            self.digest = digest
        }
    }

    /// Who has a path: folded, so that twins meet.
    private var taken: [String: (digest: ContentDigest, path: [String])] = [:]
    private var given: [Wish: [String]] = [:]
    /// Folded paths that several contents would have, or that nothing may have.
    private let shared: Set<String>

    /// `reserved` are paths that nothing of these may have.
    package init(_ wishes: some Sequence<Wish>, reserved: Set<String> = []) {
        let wishes = wishes.sorted(by: Self.isBefore)
        shared = Self.shared(wishes).union(reserved.map(Self.folded))
        for wish in wishes where given[wish] == nil && !isShared(wish) { give(wish, [nil]) }
        for wish in wishes where given[wish] == nil { give(wish, [8]) }
    }

    /// The folders and the name that a file gets.
    package func path(of wish: Wish) -> [String] { given[wish] ?? [] }

    private func isShared(_ wish: Wish) -> Bool { shared.contains(Self.folded(wish)) }

    private static func shared(_ wishes: [Wish]) -> Set<String> {
        var (first, shared) = ([String: ContentDigest](), Set<String>())
        for wish in wishes {
            let path = folded(wish)
            if first[path, default: wish.digest] != wish.digest { shared.insert(path) }
            first[path] = wish.digest
        }
        return shared
    }

    /// More digits where somebody has made a name to be in the way.
    private mutating func give(_ wish: Wish, _ digits: [Int?]) {
        var name = wish.name
        while true {
            for count in digits + [16, 64] {
                let safe = SafeName.make(
                    name,
                    distinguishing: count == nil ? nil : wish.digest,
                    digits: count ?? 0
                )
                let path = wish.folders + [safe]
                let place = Self.folded(path.joined(separator: "/"))
                if let other = taken[place], other.digest != wish.digest { continue }
                let first = taken[place]?.path ?? path
                taken[place] = (wish.digest, first)
                given[wish] = first
                return
            }
            name = "_" + name
        }
    }

    private static func folded(_ wish: Wish) -> String {
        folded((wish.folders + [SafeName.make(wish.name)]).joined(separator: "/"))
    }

    // Swift compares texts by canonical equivalence, so composed and decomposed forms are equal. First
    // to small letters, since ẞ has no greater one that would become SS.
    private static func folded(_ path: String) -> String {
        path.lowercased().uppercased().lowercased()
    }

    private static func isBefore(_ first: Wish, _ second: Wish) -> Bool {
        let (left, right) = (first.folders + [first.name], second.folders + [second.name])
        if first.digest != second.digest { return first.digest < second.digest }
        return left.joined(separator: "/").unicodeScalars
            .lexicographicallyPrecedes(right.joined(separator: "/").unicodeScalars)
    }
}
