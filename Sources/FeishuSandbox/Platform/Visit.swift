/// One call on its way through the platform.
struct Visit {
    let call: Call
    let route: Route
    let now: Moment
    let logID: String
    var caller = Caller.nobody
    var effects: [FaultEffect] = []
}
