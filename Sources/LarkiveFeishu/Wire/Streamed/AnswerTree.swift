import LarkiveCore

/// Puts values together while they arrive.
///
/// Of members with one name the first counts, as for ``JSONReader``.
struct AnswerTree {
    private struct Frame {
        let isObject: Bool
        let spot: AnswerSpot
        var members: [JSONObject.Member] = []
        var items: [JSON] = []
        var names: Set<String> = []
        /// The member whose value comes next.
        var name = ""
        var isNew = true
    }

    private var frames: [Frame] = []
    /// The value of the outermost level, once it is complete.
    private(set) var root: JSON?
    private(set) var count = 0

    var depth: Int { frames.count }
    var isInObject: Bool { frames.last?.isObject ?? false }

    /// Where the next value stands.
    var spot: AnswerSpot {
        guard let frame = frames.last else { return .root }
        guard frame.isObject else { return frame.spot.item(frame.items.count) }
        return frame.isNew ? frame.spot.member(frame.name) : .elsewhere
    }

    /// What becomes of the next value if it is text.
    var use: TextUse {
        guard let frame = frames.last, frame.isObject else { return .kept }
        return frame.isNew ? frame.spot.use(of: frame.name) : .dropped
    }

    /// The attachment that has just got a second body.
    var repeatedBody: BodyPlace? {
        guard let frame = frames.last, !frame.isNew,
            case .body(let place) = frame.spot.use(of: frame.name)
        else { return nil }
        return place
    }

    mutating func open(isObject: Bool) {
        frames.append(Frame(isObject: isObject, spot: spot))
    }

    mutating func name(_ name: String) {
        let top = frames.count - 1
        frames[top].name = name
        frames[top].isNew = frames[top].names.insert(name).inserted
    }

    mutating func add(_ value: JSON) {
        count += 1
        guard !frames.isEmpty else {
            root = value
            return
        }
        let top = frames.count - 1
        guard frames[top].isObject else {
            frames[top].items.append(value)
            return
        }
        guard frames[top].isNew else { return }
        frames[top].members.append(.init(name: frames[top].name, value: value))
    }

    mutating func close() {
        guard let frame = frames.popLast() else { return }
        add(frame.isObject ? .object(JSONObject(frame.members)) : .array(frame.items))
    }
}
