/// Lets a bounded number in at once, first come, first served.
package actor Slots {
    private var free: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = max(count, 1) }

    /// Must be followed by ``leave()``.
    package func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }

    package func leave() {
        if waiters.isEmpty { free += 1 } else { waiters.removeFirst().resume() }
    }
}
