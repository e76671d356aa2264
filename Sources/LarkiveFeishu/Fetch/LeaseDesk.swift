import LarkiveCore

/// Keeps the links that came with listings of task attachments until they are wanted.
///
/// A bounded number: beyond it the oldest are forgotten, and their downloads ask for a new one.
actor LeaseDesk {
    static let most = 1_024

    private var leases: [AttachmentKey: DownloadLease] = [:]
    private var order: [AttachmentKey] = []

    func offer(_ lease: DownloadLease, for key: AttachmentKey) {
        if leases.updateValue(lease, forKey: key) == nil { order.append(key) }
        guard order.count > Self.most * 2 || leases.count > Self.most else { return }
        tidy()
    }

    /// Hands the link out once, if it is still fresh.
    func take(_ key: AttachmentKey, at now: Duration) -> DownloadLease? {
        guard let lease = leases.removeValue(forKey: key), lease.isFresh(at: now) else {
            return nil
        }
        return lease
    }

    /// Forgets the older half.
    private func tidy() {
        order = order.filter { leases[$0] != nil }
        let surplus = order.prefix(max(0, order.count - Self.most / 2))
        for key in surplus { leases[key] = nil }
        order.removeFirst(surplus.count)
    }
}
