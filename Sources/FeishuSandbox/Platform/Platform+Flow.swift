extension Platform {
    /// The order of the real gateway: authorization, then the rate limit, then the endpoint.
    mutating func result(of visit: Visit) -> Answer {
        guard visit.route.endpoint != .link else { return download(visit) }
        var visit = visit
        do throws(APIError) {
            visit.caller = try caller(visit)
            try count(visit)
        } catch {
            return error.answer(logID: visit.logID)
        }
        return answer(visit, about: subject(of: visit)) { platform, visit in
            platform.response(to: visit)
        }
    }

    /// Lets the faults in force have their way with an answer.
    mutating func answer(
        _ visit: Visit,
        about subject: CallSubject,
        _ body: (inout Platform, Visit) -> Answer
    ) -> Answer {
        var visit = visit
        visit.effects = faults.effects(on: visit.route.endpoint, subject)
        visit.effects += storm?.effects(on: visit, subject) ?? []
        meet(visit.effects)
        for effect in visit.effects {
            guard var substitute = effect.substitute(visit) else { continue }
            visit.effects.forEach { $0.change(&substitute) }
            return substitute
        }
        var answer = body(&self, visit)
        visit.effects.forEach { $0.change(&answer) }
        return answer
    }

    /// Writes down what a caller meets; what changes the world does so now.
    private mutating func meet(_ effects: [FaultEffect]) {
        effects.forEach { counters.meet($0) }
        for case .change(let change) in effects { try? world.apply(change) }
    }

    /// Counts the call against its tier.
    private mutating func count(_ visit: Visit) throws(APIError) {
        let endpoint = visit.route.endpoint
        guard hasTiers, let tier = endpoint.tier else { return }
        guard
            let refusal = windows[endpoint, default: RateWindows(tier, world.quirks.windows)].admit(
                at: visit.now
            )
        else {
            return
        }
        counters.throttled[endpoint.rawValue, default: 0] += 1
        counters.totalThrottled += 1
        throw .throttled(refusal, world.quirks)
    }

    private mutating func response(to visit: Visit) -> Answer {
        switch visit.route.endpoint {
        case .authorize: return authorize(visit)
        case .userToken: return userToken(visit)
        default: break
        }
        do throws(APIError) {
            return .json(200, try data(for: visit), logID: visit.logID)
        } catch {
            return error.answer(logID: visit.logID)
        }
    }

    private mutating func data(for visit: Visit) throws(APIError) -> WireJSON {
        guard visit.route.endpoint != .tenantToken else { return tenantToken(visit) }
        return ["code": 0, "msg": "success", "data": try payload(for: visit)]
    }

    private mutating func payload(for visit: Visit) throws(APIError) -> WireJSON {
        switch visit.route.endpoint {
        case .userInfo: try userInfo(visit)
        case .accessibleMailboxes: try accessibleMailboxes(visit)
        case .publicMailboxes: try publicMailboxes(visit)
        case .folders: try folders(visit)
        case .messages: try messages(visit)
        case .message: try message(visit)
        case .batchGet: try batchGet(visit)
        case .downloadURL: try downloadURLs(visit)
        case .tasklists: try tasklists(visit)
        case .tasklistTasks: try tasklistTasks(visit)
        case .task: try task(visit)
        case .subtasks: try subtasks(visit)
        case .myTasks: try myTasks(visit)
        case .taskAttachments: try taskAttachments(visit)
        case .taskAttachment: try taskAttachment(visit)
        case .tenantToken, .authorize, .userToken, .link: [:]
        }
    }
}
