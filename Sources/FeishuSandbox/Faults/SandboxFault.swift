/// One scripted misbehaviour: where, when, and what.
package struct SandboxFault: Sendable {
    package var endpoint: Endpoint
    package var when: FaultMatcher
    package var effect: FaultEffect

    package init(_ endpoint: Endpoint, when: FaultMatcher = .always, _ effect: FaultEffect) {
        self.endpoint = endpoint
        self.when = when
        self.effect = effect
    }
}
