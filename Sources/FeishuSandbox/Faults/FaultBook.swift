/// The faults in force, and how often each has been met.
struct FaultBook: Sendable {
    private let faults: [SandboxFault]
    private var met: [Int]

    init(_ faults: [SandboxFault]) {
        self.faults = faults
        self.met = Array(repeating: 0, count: faults.count)
    }

    /// The effects that this call gets, in the order in which they were written.
    mutating func effects(on endpoint: Endpoint, _ subject: CallSubject) -> [FaultEffect] {
        var effects: [FaultEffect] = []
        for (index, fault) in faults.enumerated()
        where fault.endpoint == endpoint && fault.when.admits(subject) {
            if fault.when.admits(call: met[index]) { effects.append(fault.effect) }
            met[index] += 1
        }
        return effects
    }
}
