internal import CLinux
internal import LarkiveCore

/// Compares the objects with what the manifest says of them.
struct ObjectCheck {
    let objects: Directory
    let readsData: Bool
    private(set) var findings: [Finding] = []
    private(set) var count: Int64 = 0
    private(set) var bytes: Int64 = 0

    init(objects: Directory, readsData: Bool) {
        self.objects = objects
        self.readsData = readsData
    }

    /// Looks at the 256 shards, each with the objects expected there.
    mutating func run(_ expected: (_ shard: UInt8) throws -> [ContentDigest: Int64]) throws {
        for index in 0..<256 {
            let name = DiskObjectStore.shardName(index)
            var missing = try expected(UInt8(index))
            guard let shard = try? objects.directory(name) else {
                report(missing.keys, "its folder \(name) is missing")
                continue
            }
            for file in try shard.names() { check(file, in: shard, name, &missing) }
            report(missing.keys, "there is no such file")
        }
        for name in try objects.names() where Hex.bytes(name)?.count != 1 {
            findings.append(Finding(.shardExtra, "objects/\(name)", "not a folder of objects"))
        }
    }

    private mutating func report(_ missing: some Sequence<ContentDigest>, _ detail: String) {
        for digest in missing.sorted() {
            findings.append(Finding(.objectMissing, digest.hex, detail))
        }
    }

    private mutating func check(
        _ name: String,
        in shard: Directory,
        _ shardName: String,
        _ missing: inout [ContentDigest: Int64]
    ) {
        let subject = "objects/\(shardName)/\(name)"
        guard let digest = ContentDigest(hex: name), name.hasPrefix(shardName) else {
            findings.append(Finding(.objectExtra, subject, "not the name of an object"))
            return
        }
        guard let file = try? shard.file(name, .reading), let found = try? file.stat(),
            found.regular != 0
        else {
            missing[digest] = nil
            findings.append(Finding(.objectKind, subject, "not a regular file that can be opened"))
            return
        }
        guard let size = missing.removeValue(forKey: digest) else {
            findings.append(Finding(.objectExtra, subject, "no record speaks of it"))
            return
        }
        count += 1
        bytes += found.size
        if found.mode != 0o400 || found.links != 1 {
            let mode = String(found.mode, radix: 8)
            findings.append(
                Finding(
                    .objectMode,
                    subject,
                    "mode \(mode) and \(found.links) links, not 400 and 1"
                )
            )
        }
        if found.size != size {
            findings.append(
                Finding(.objectSize, subject, "\(found.size) bytes, \(size) were stored")
            )
        } else if readsData {
            checkBytes(of: file, digest, subject)
        }
    }

    private mutating func checkBytes(of file: File, _ digest: ContentDigest, _ subject: String) {
        do {
            guard try DiskObjectStore.digest(of: file) != digest else { return }
            findings.append(Finding(.objectChanged, subject, "its bytes are not those of its name"))
        } catch {
            findings.append(Finding(.objectUnreadable, subject, error.description))
        }
    }
}
