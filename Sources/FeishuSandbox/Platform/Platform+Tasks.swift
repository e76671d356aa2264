extension Platform {
    /// Source: the page on listing tasklists; only those that the app may read.
    func tasklists(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.tasklists, visit)
        let readable = world.tasks.tasklists.filter { !$0.isForbidden }
        return try taskPage(visit, of: readable).json(\.json)
    }

    /// Source: the page on a tasklist's tasks: summaries, without attachments and dates of change.
    func tasklistTasks(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.tasklists, visit)
        guard let tasklist = world.tasks.tasklist(visit.route["guid"]) else { throw .taskMissing }
        guard !tasklist.isForbidden else { throw .taskForbidden }
        let filter = try TaskFilter(visit.call)
        let guids =
            filter.isOpen
            ? tasklist.tasks
            : tasklist.tasks.filter {
                world.tasks[$0].map(filter.admits) ?? false
            }
        let page = try taskPage(visit, of: guids)
        return page.json { world.tasks[$0]?.summaryJSON(on: world.tasks) ?? .null }
    }

    /// Source: the page on getting a task; its attachments come without links.
    func task(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.tasks, visit)
        return ["task": try readableTask(visit.route["guid"]).json(on: world.tasks)]
    }

    /// Source: the page on subtasks: whole tasks, one generation per call.
    func subtasks(_ visit: Visit) throws(APIError) -> WireJSON {
        try need(.tasks, visit)
        let parent = try readableTask(visit.route["guid"])
        let children = world.tasks.subtasks(of: parent.guid).compactMap { world.tasks[$0] }
        let page = try taskPage(visit, of: children.filter { !$0.isForbidden })
        return page.json { $0.json(on: world.tasks) }
    }

    func readableTask(_ guid: String) throws(APIError) -> World.TaskItem {
        guard let task = world.tasks[guid] else { throw .taskMissing }
        guard !task.isForbidden else { throw .taskForbidden }
        return task
    }

    /// Source: the task overview: sizes from 1 to 100, 50 by default, refused outside.
    ///
    /// The last page has an *empty* token, which asked for again is page one.
    func taskPage<Item>(_ visit: Visit, of items: [Item]) throws(APIError) -> Page<Item> {
        let size = visit.call.first("page_size").map { Int($0) ?? 0 } ?? 50
        guard (1...100).contains(size) else { throw .badTaskParameter("page_size") }
        let list = visit.route.endpoint.rawValue + (subject(of: visit).guids.first ?? "")
        let token = visit.call.first("page_token")
        guard let pager = Pager(list: list, size: size, token: token) else {
            throw .badTaskParameter("page_token")
        }
        return try visit.page(pager, of: items)
    }
}

extension Page {
    func json(_ item: (Item) -> WireJSON) -> WireJSON {
        [
            "items": .array(items.map(item)), "page_token": .string(next ?? ""),
            "has_more": .bool(hasMore),
        ]
    }
}
