import LarkiveCore

/// Takes the files of one answer into scratches: one at a time, unnamed until the answer is whole.
///
/// What the store refuses is passed over: such a file has its link.
struct BodyIntake {
    private let scratches: any ScratchStore
    private var current: (place: BodyPlace, scratch: any Scratch)?
    private(set) var staged: [BodyPlace: Staged] = [:]

    init(_ scratches: any ScratchStore) { self.scratches = scratches }

    mutating func take(_ event: BodyEvent) async {
        switch event {
        case .begin(let place):
            await drop()
            if let scratch = try? await scratches.open(expecting: nil) {
                current = (place, scratch)
            }
        case .bytes(let bytes):
            guard let scratch = current?.scratch else { return }
            do {
                try await scratch.append(bytes)
            } catch {
                await drop()
            }
        case .end: await end()
        case .doubt(let place):
            if current?.place == place { await drop() }
            await staged.removeValue(forKey: place)?.scratch.discard()
        }
    }

    /// Lets go of everything.
    mutating func discard() async {
        await drop()
        await staged.discard()
        staged = [:]
    }

    private mutating func end() async {
        guard let (place, scratch) = current else { return }
        do {
            staged[place] = try await scratch.finish()
            current = nil
        } catch {
            await drop()
        }
    }

    private mutating func drop() async {
        await current?.scratch.discard()
        current = nil
    }
}

extension [BodyPlace: Staged] {
    func discard() async {
        for staged in values { await staged.scratch.discard() }
    }
}
