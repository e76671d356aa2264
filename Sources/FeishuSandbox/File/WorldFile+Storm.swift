/// What goes wrong: the faults of a script, and the weather.
package struct FaultScript: Sendable {
    package var faults: [SandboxFault]?
    /// Nil leaves the weather as it is; a nil inside ends a storm.
    package var storm: FaultStorm??
}

extension World {
    /// Puts a script's faults and storm in place of the world's own.
    package mutating func apply(_ script: FaultScript) {
        faults = script.faults ?? faults
        if let storm = script.storm { self.storm = storm }
    }
}

extension WorldFile {
    /// Reads a list of faults, or a mapping with `faults` and `storm`, in YAML or JSON.
    package static func script(_ text: String) throws(WorldFileError) -> FaultScript {
        guard let root = try StrictNode.root(of: text) else { return FaultScript(faults: []) }
        guard root.isMapping else { return FaultScript(faults: try faults(root.items())) }
        let fields = try root.fields(["faults", "storm"])
        var script = FaultScript()
        if fields["faults"] != nil { script.faults = try faults(fields.items("faults")) }
        if let node = fields["storm"] { script.storm = .some(try storm(node)) }
        return script
    }

    /// Nil, or no `rate`, is fair weather.
    static func storm(_ node: StrictNode) throws(WorldFileError) -> FaultStorm? {
        guard node.isMapping else {
            guard try node.json() == .null else { throw node.error("expected a mapping or null") }
            return nil
        }
        let fields = try node.fields(["seed", "rate", "kinds"])
        let rate = try fields.needed("rate").share()
        let seed = UInt64(clamping: try fields.integer("seed") ?? 1)
        return FaultStorm(seed: seed, rate: rate, kinds: try kinds(fields["kinds"]))
    }

    /// `all`, `passing`, or a list.
    private static func kinds(_ node: StrictNode?) throws(WorldFileError) -> [StormKind] {
        guard let node else { return StormKind.allCases }
        guard !node.isList else {
            var kinds: [StormKind] = []
            for item in try node.items() { kinds.append(try item.word(StormKind.self)) }
            return kinds
        }
        switch try node.text() {
        case "all": return StormKind.allCases
        case "passing": return StormKind.passing
        default: throw node.error("expected all, passing or a list of kinds")
        }
    }
}
