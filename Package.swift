// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// Each dependency has its page in docs/decisions/.
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let webServer = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "larkive",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        .target(name: "LarkiveCore", swiftSettings: strict),
        .target(
            name: "LarkiveFeishu",
            dependencies: ["LarkiveCore", httpClient, nio, nioPosix, nioHTTP, nioSSL],
            swiftSettings: strict
        ),
        .target(
            name: "LarkiveVault",
            dependencies: ["LarkiveCore", "CZlib", "CLinux", sqlite, crypto, system],
            swiftSettings: strict
        ),
        .target(name: "LarkiveTesting", dependencies: ["LarkiveCore"], swiftSettings: strict),
        .executableTarget(
            name: "larkive",
            dependencies: [
                "LarkiveCore", "LarkiveFeishu", "LarkiveVault", "CLinux",
                argumentParser, crypto, system, yaml,
            ],
            swiftSettings: strict
        ),
        // Makes large archives to measure larkive with; not shipped.
        .executableTarget(
            name: "larkive-benchmarks",
            dependencies: ["LarkiveCore", "LarkiveVault", argumentParser, system],
            swiftSettings: strict
        ),
        .target(
            name: "FeishuSandbox",
            dependencies: [webServer, nio, nioHTTP, crypto, yaml, logging],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "feishu-sandbox",
            dependencies: ["FeishuSandbox", argumentParser, logging],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .target(name: "CLinux"),
        .testTarget(
            name: "LarkiveCoreTests",
            dependencies: ["LarkiveCore", "LarkiveTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LarkiveFeishuTests",
            dependencies: [
                "LarkiveCore", "LarkiveFeishu", "LarkiveTesting", nio, nioPosix, nioSSL,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LarkiveVaultTests",
            dependencies: ["LarkiveCore", "LarkiveVault", "LarkiveTesting", crypto, sqlite],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FeishuSandboxTests",
            dependencies: ["FeishuSandbox"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "larkiveTests",
            dependencies: [
                "larkive", "feishu-sandbox", "LarkiveCore", "LarkiveFeishu", "LarkiveVault",
                "LarkiveTesting", "FeishuSandbox", argumentParser,
            ],
            swiftSettings: strict
        ),
    ]
)
