/// What is wrong with one item on the wire: members replaced, members left out.
///
/// Types are free, so a size can become a string and a name a number.
package struct Distortion: Equatable, Sendable {
    package var replaced: [WireJSON.Member]
    package var omitted: Set<String>

    package init(replaced: [WireJSON.Member] = [], omitted: Set<String> = []) {
        self.replaced = replaced
        self.omitted = omitted
    }

    func apply(to item: WireJSON) -> WireJSON {
        guard self != Distortion(), case .object(var members) = item else { return item }
        members.removeAll { member in
            omitted.contains(member.name) || replaced.contains { $0.name == member.name }
        }
        return .object(members + replaced)
    }
}
