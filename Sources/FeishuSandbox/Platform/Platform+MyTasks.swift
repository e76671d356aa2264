extension Platform {
    /// Source: the page on listing tasks: those assigned to the user, whole, links left out.
    func myTasks(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.tasks, visit)
        guard [nil, "my_tasks"].contains(visit.call.first("type")) else {
            throw .badTaskParameter("type")
        }
        let completed = visit.call.first("completed").map { $0 == "true" }
        let mine = world.tasks.tasks.filter { task in
            !task.isForbidden && world.user?.has(task: task.guid) == true
                && completed ?? task.isCompleted == task.isCompleted
        }
        return try taskPage(visit, of: mine).json { $0.json(on: world.tasks) }
    }
}
