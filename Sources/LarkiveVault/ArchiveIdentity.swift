package import LarkiveCore

/// `larkive.json`: what an archive is, fixed when it is made.
package struct ArchiveIdentity: Hashable, Sendable {
    static let fileName = "larkive.json"
    static let format: Int64 = 1

    /// A UUID; part of the log's origin and of the default STATE folder.
    package let id: String
    package let created: Timestamp
    /// The platform it belongs to (`feishu`, `lark`, `loopback` or a host); fixed by the first sync.
    package let brand: String?
    /// The file's content.
    let bytes: [UInt8]

    package var digest: ContentDigest { .of(bytes) }

    /// Whether the log speaks of this file, or of the one before its brand was fixed.
    ///
    /// A run that dies between fixing the brand and recording it leaves the latter.
    func isSpokenOf(by recorded: ContentDigest) -> Bool {
        let before = ArchiveIdentity(id: id, created: created)
        return recorded == digest || (recorded == before.digest && bytes == rewritten.bytes)
    }

    private var rewritten: ArchiveIdentity {
        ArchiveIdentity(id: id, created: created, brand: brand)
    }

    init(id: String, created: Timestamp, brand: String? = nil) {
        self.id = id
        self.created = created
        self.brand = brand
        bytes =
            JSONWriter.bytes(
                of: .object([
                    "format": .integer(Self.format), "id": .string(id),
                    "created": .string(created.description), "requires": [],
                    "digest": "sha256", "shards": 256,
                    "brand": brand.map(JSON.string) ?? .null,
                ])
            ) + [UInt8(ascii: "\n")]
    }

    /// Reads the file; a newer format or an unknown requirement is refused.
    init(reading bytes: [UInt8]) throws(VaultError) {
        let value = try? JSONReader.read(bytes, duplicates: .refused)
        if let format = value?["format"]?.integer, format > Self.format {
            throw VaultError(
                .newerFormat,
                "the archive has format \(format); this larkive knows format \(Self.format)",
                hint: "use the larkive that wrote it, or a newer one"
            )
        }
        guard let value, let format = value["format"]?.integer, let id = value["id"]?.string,
            let created = value["created"]?.string.flatMap({ Timestamp($0) }),
            let requires = value["requires"]?.array
        else { throw VaultError(.damaged, "\(Self.fileName) is not readable") }
        guard format == Self.format, requires.isEmpty, value["digest"]?.string == "sha256",
            value["shards"]?.integer == 256
        else {
            throw VaultError(
                .newerFormat,
                "the archive has format \(format) and needs "
                    + "\(requires.compactMap(\.string)); this larkive knows format 1",
                hint: "use the larkive that wrote it, or a newer one"
            )
        }
        self.id = id
        self.created = created
        brand = value["brand"]?.string
        self.bytes = bytes
    }
}

extension VaultError {
    static let otherIdentity = VaultError(
        .damaged,
        "\(ArchiveIdentity.fileName) is not the file that the log speaks of",
        hint: "put it back from a backup, or the log, if audit/ is another archive's"
    )
}

/// Why an archive cannot be used.
package struct VaultError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case noArchive, exists, notFound, locked, newerFormat, otherBrand, notOwner
        /// Something in the archive's place that is not used as it is: a link, a foreign file, NFS.
        case refused
        case damaged, auditDamaged, rolledBack, keyMissing, noSpace, notWritable
        /// What has no name here.
        case other
    }

    package let kind: Kind
    package let detail: String
    package let hint: String?

    package init(_ kind: Kind, _ detail: String, hint: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.hint = hint
    }

    /// Keeps an archive's own error, and says what another one means for the archive.
    package init(_ error: any Error) {
        switch error {
        case let failure as VaultError: self = failure
        case let failure as DiskError: self.init(failure)
        case let failure as StoreError: self.init(failure)
        case let failure as AuditError: self.init(failure)
        case let failure as ManifestError: self.init(failure)
        default: self.init(.other, "\(error)")
        }
    }

    private init(_ failure: DiskError) {
        if let refusal = failure.refusal {
            self.init(.refused, failure.description, hint: refusal.hint)
        } else {
            self.init(failure.isSpace ? .noSpace : .notWritable, failure.description)
        }
    }

    private init(_ failure: StoreError) {
        switch failure.kind {
        case .noSpace: self.init(.noSpace, failure.detail)
        case .notWritable, .io: self.init(.notWritable, failure.detail)
        case .damaged: self.init(.damaged, failure.detail)
        }
    }

    private init(_ failure: AuditError) {
        switch failure.kind {
        case .noSpace: self.init(.noSpace, failure.detail)
        case .notWritable, .unencodable: self.init(.notWritable, failure.detail)
        case .damaged:
            self.init(.auditDamaged, failure.detail, hint: "run `larkive audit verify` to see what")
        case .rolledBack:
            self.init(
                .rolledBack,
                failure.detail,
                hint: "see what: larkive audit verify; if it is a restored backup: larkive audit "
                    + "restart --reason TEXT"
            )
        case .refused(let hint): self.init(.refused, failure.detail, hint: hint)
        case .keyMissing:
            self.init(
                .keyMissing,
                failure.detail,
                hint: KeyFile.restore
            )
        }
    }

    private init(_ failure: ManifestError) {
        switch failure.kind {
        case .noSpace: self.init(.noSpace, failure.detail)
        case .notWritable, .inUse: self.init(.notWritable, failure.detail)
        case .newerFormat: self.init(.newerFormat, failure.detail)
        case .hotJournal:
            self.init(
                .notWritable,
                "manifest.sqlite was left in the middle of a commit and cannot be healed here",
                hint: "run any larkive command as the owner of the archive"
            )
        case .damaged:
            self.init(
                .damaged,
                failure.detail,
                hint: "make it again from the log: `larkive rebuild`"
            )
        case .other: self.init(.other, failure.detail, hint: "see what is wrong: `larkive verify`")
        }
    }
}
