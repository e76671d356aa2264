internal import CLinux
internal import LarkiveCore
internal import SystemPackage

/// Looks whether every object is there, a file of its own, and as long as it was; reads none.
struct ObjectCheck {
    /// An object as the log speaks of it.
    typealias Expected = [ContentDigest: Int64]

    let objects: Directory
    /// What is wrong with an object, at most one finding for each.
    private(set) var faults: [ContentDigest: Finding] = [:]
    /// What is wrong with the folders, and files that are no objects.
    private(set) var findings: [Finding] = []
    private(set) var count: Int64 = 0
    private(set) var bytes: Int64 = 0
    /// Objects that nobody speaks of, and that are looked at all the same, by shard.
    private(set) var unrecorded: [UInt8: [ContentDigest]] = [:]
    private let takesUnrecorded: Bool
    private var missing: [ContentDigest: String] = [:]
    private var misplaced: [ContentDigest: String] = [:]

    /// With `takesUnrecorded` an object that nobody speaks of counts like the others, with the size it has.
    init(objects: Directory, takesUnrecorded: Bool = false) {
        (self.objects, self.takesUnrecorded) = (objects, takesUnrecorded)
    }

    /// Looks at the 256 shards, each with the objects expected there.
    mutating func run(_ expected: (_ shard: UInt8) throws -> Expected) throws {
        for index in 0..<256 {
            let name = DiskObjectStore.shardName(index)
            var left = try expected(UInt8(index))
            do {
                let shard = try objects.directory(name)
                try checkMode(of: shard, "objects/\(name)")
                for file in try shard.names() { look(at: file, in: shard, name, &left) }
                for digest in left.keys { missing[digest] = "there is no such file" }
            } catch { blame(error, on: name, left) }
        }
        for name in try objects.names() where Hex.bytes(name)?.count != 1 {
            findings.append(Finding(.shardExtra, "objects/\(name)", "not a folder of objects"))
        }
        settle()
    }

    /// Whether an object may be read: everything that is there.
    static func isReadable(_ fault: Finding?) -> Bool {
        switch fault?.code {
        case nil, .objectMode, .objectLinked, .objectSize, .objectLonger: true
        default: false
        }
    }

    /// Objects that are there, and of whose bytes nothing can be known.
    var unopened: [ContentDigest] {
        faults.filter { $0.value.code == .objectUnreadable }.map(\.key)
    }

    private mutating func checkMode(of shard: Directory, _ subject: String) throws(DiskError) {
        guard let finding = try shard.looseMode(subject) else { return }
        findings.append(finding)
    }

    /// A folder that is not there has lost its objects; one that cannot be read has not.
    private mutating func blame(_ error: any Error, on shard: String, _ left: Expected) {
        let subject = "objects/\(shard)"
        guard let error = error as? DiskError, error.isUnreadable else {
            findings.append(Finding(.folderMissing, subject, "it is no folder, or is not there"))
            for digest in left.keys { missing[digest] = "its folder is missing" }
            return
        }
        findings.append(Finding(.objectUnreadable, subject, "cannot be read: \(error)"))
    }

    private mutating func look(
        at name: String,
        in shard: Directory,
        _ shardName: String,
        _ left: inout Expected
    ) {
        let subject = "objects/\(shardName)/\(name)"
        guard let digest = ContentDigest(hex: name) else {
            findings.append(Finding(.objectExtra, subject, "not the name of an object"))
            return
        }
        guard name.hasPrefix(shardName) else { return misplaced[digest] = subject }
        let size = left.removeValue(forKey: digest)
        if size == nil {
            guard takesUnrecorded else {
                return findings.append(Finding(.objectExtra, subject, "no record speaks of it"))
            }
            unrecorded[digest.bytes[0], default: []].append(digest)
        }
        do {
            let found = try shard.file(name, .reading).stat()
            guard found.regular != 0 else {
                return fault(.objectKind, digest, subject, "a folder, a pipe or a device")
            }
            count += 1
            bytes += found.size
            compare(found, with: size ?? found.size, digest, subject)
        } catch { blame(error, digest, subject) }
    }

    private mutating func compare(
        _ found: lk_stat,
        with size: Int64,
        _ digest: ContentDigest,
        _ subject: String
    ) {
        if found.size != size {
            let code: Finding.Code = found.size < size ? .objectSize : .objectLonger
            fault(code, digest, subject, "\(found.size) bytes, \(size) were stored")
        } else if found.links != 1 {
            fault(.objectLinked, digest, subject, "the file has \(found.links) names, not 1")
        } else if found.mode != 0o400 {
            let mode = String(found.mode, radix: 8)
            fault(.objectMode, digest, subject, "mode \(mode), not 400")
        }
    }

    private mutating func blame(
        _ error: DiskError,
        _ digest: ContentDigest,
        _ subject: String
    ) {
        switch error.refusal {
        case .symbolicLink:
            fault(.objectSymlink, digest, subject, "a symbolic link in place of the file")
        case .some:
            fault(.objectKind, digest, subject, "a folder, a pipe, a socket or a device")
        case nil where error.isMissing: missing[digest] = "there is no such file"
        case nil: fault(.objectUnreadable, digest, subject, "cannot be read: \(error)")
        }
    }

    /// A file that was moved into another shard is neither missing nor extra.
    private mutating func settle() {
        for (digest, detail) in missing {
            let place = DiskObjectStore.subject(of: digest)
            if let found = misplaced.removeValue(forKey: digest) {
                fault(.objectMisplaced, digest, found, "it belongs to \(place)")
            } else {
                fault(.objectMissing, digest, place, detail)
            }
        }
        for subject in misplaced.values {
            findings.append(Finding(.objectExtra, subject, "in a folder where it does not belong"))
        }
    }

    private mutating func fault(
        _ code: Finding.Code,
        _ digest: ContentDigest,
        _ subject: String,
        _ detail: String
    ) {
        var finding = Finding(code, subject, detail)
        finding.facts = ["sha256": .string(digest.hex)]
        faults[digest] = finding
    }
}

extension DiskObjectStore {
    /// How findings and messages name an object's file.
    static func subject(of digest: ContentDigest) -> String {
        "objects/\(digest.hex.prefix(2))/\(digest.hex)"
    }
}

extension DiskError {
    /// Whether the disk or the system failed to answer, which says nothing of what is there.
    var isUnreadable: Bool {
        guard refusal == nil else { return false }
        let known: [Errno] = [
            .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels,
        ]
        return !known.map(\.rawValue).contains(errno)
    }
}

extension Directory {
    /// A finding when others than its owner may look or write into it.
    func looseMode(_ subject: String) throws(DiskError) -> Finding? {
        var found = lk_stat()
        try checked(lk_stat_fd(descriptor, &found), "stat", path)
        guard found.mode & 0o077 != 0 else { return nil }
        let mode = String(found.mode, radix: 8)
        return Finding(.folderMode, subject, "mode \(mode): open to others; chmod 700 it")
    }
}
