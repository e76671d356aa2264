import Synchronization
import Dispatch
final class Box: Sendable {
    let m = Mutex<[Int]>([]); func add(_ i: Int) { m.withLock { $0.append(i) } }
}
let b = Box()
let g = DispatchGroup()
for i in 0..<4 { DispatchQueue.global().async(group: g) { for _ in 0..<1000 { b.add(i) } } }
g.wait()
print(b.m.withLock { $0.count })
