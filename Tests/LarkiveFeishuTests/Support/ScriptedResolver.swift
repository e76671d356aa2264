import Synchronization

@testable import LarkiveFeishu

/// Gives the answers of a script, one after another, and the last one for ever.
final class ScriptedResolver: Resolver {
    private let answers: Mutex<[[String]]>
    private let log = Mutex<[String]>([])

    /// No addresses are a name that is not known.
    init(_ answers: [String]...) { self.answers = Mutex(answers.isEmpty ? [["1.1.1.1"]] : answers) }

    var asked: [String] { log.withLock { $0 } }

    func addresses(of host: String) async throws(ResolveError) -> [String] {
        log.withLock { $0.append(host) }
        let answer = answers.withLock { answers in
            answers.count > 1 ? answers.removeFirst() : answers.first ?? []
        }
        guard !answer.isEmpty else { throw ResolveError(words: "no address is known of \(host)") }
        return answer
    }
}
