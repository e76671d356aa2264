/// One thing that is walked.
package enum SourceName: Hashable, Sendable {
    case mail(Mailbox.ID)
    case tasklist(Tasklist.ID)
    case task(TaskItem.ID)
    case myTasks(Person.ID)
}

extension SourceName {
    package var isMail: Bool {
        if case .mail = self { true } else { false }
    }
}

extension SourceName: CustomStringConvertible {
    /// `mail:<address>`, `tasklist:<guid>`, `task:<guid>`, `my-tasks:<open id>`, plain text.
    package var description: String {
        switch self {
        case .mail(let mailbox): "mail:\(mailbox)"
        case .tasklist(let list): "tasklist:\(list)"
        case .task(let task): "task:\(task)"
        case .myTasks(let person): "my-tasks:\(person)"
        }
    }

    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = String(text[text.index(after: colon)...])
        let name: SourceName? =
            switch text[..<colon] {
            case "mail": Mailbox.address(rest).map(SourceName.mail)
            case "tasklist": Tasklist.ID(rest).map(SourceName.tasklist)
            case "task": TaskItem.ID(rest).map(SourceName.task)
            case "my-tasks": Person.ID(rest).map(SourceName.myTasks)
            default: nil
            }
        guard let name else { return nil }
        self = name
    }
}
