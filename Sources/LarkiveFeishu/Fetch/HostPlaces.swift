import Synchronization

/// The address that is used of each host: the same as long as it is among those that the name has,
/// so that connections are used again; another one once it did not answer.
final class HostPlaces: Sendable {
    private let places = Mutex<[String: (used: String, failed: String?)]>([:])

    /// One of the addresses, which are at least one and all checked.
    func choose(for host: String, among found: [String]) -> String? {
        places.withLock { places in
            let place = places[host]
            if let used = place?.used, used != place?.failed, found.contains(used) { return used }
            let chosen = found.first { $0 != place?.failed } ?? found.first
            if let chosen { places[host] = (chosen, place?.failed) }
            return chosen
        }
    }

    func failed(_ address: String, of host: String) {
        places.withLock { $0[host]?.failed = address }
    }
}
