import LarkiveCore
import SystemPackage

/// Tells another program, line by line, which bytes are committed: the SHA-256 of each file.
///
/// A line is written after the manifest's commit and before anything else is said, so whoever reads
/// it may take the file for kept, whatever happens next. A reader that is gone stops nothing.
struct Acknowledgements: RunObserver {
    let descriptor: Int32
    let next: any RunObserver

    func observe(_ progress: Progress) {
        if case .held(let digest, _, _) = progress {
            _ = try? FileDescriptor(rawValue: descriptor).writeAll("\(digest.hex)\n".utf8)
        }
        next.observe(progress)
    }
}
