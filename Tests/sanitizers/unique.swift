import Dispatch
func refill() {
    let g = DispatchGroup()
    var bytes = [UInt8](repeating: 0, count: 8)
    for i in 0..<200_000 {
        DispatchQueue.global().async(group: g) { [bytes] in
            precondition(bytes[0] == UInt8(i & 255))
        }
        bytes[0] = UInt8((i + 1) & 255)
    }
    g.wait()
}
refill()
