/// What a tasklist's page is asked to leave out.
///
/// Source: the page on a tasklist's tasks; both dates are inclusive and in milliseconds.
struct TaskFilter {
    private let completed: Bool?
    private let from: Moment?
    private let to: Moment?

    init(_ call: Call) throws(APIError) {
        completed = call.first("completed").map { $0 == "true" }
        from = try call.moment("created_from")
        to = try call.moment("created_to")
    }

    var isOpen: Bool { completed == nil && from == nil && to == nil }

    func admits(_ task: World.TaskItem) -> Bool {
        (completed == nil || task.isCompleted == completed) && task.created >= from ?? task.created
            && task.created <= to ?? task.created
    }
}

extension Call {
    fileprivate func moment(_ name: String) throws(APIError) -> Moment? {
        guard let text = first(name) else { return nil }
        guard let milliseconds = Int64(text) else { throw .badTaskParameter(name) }
        return Moment(milliseconds: milliseconds)
    }
}
