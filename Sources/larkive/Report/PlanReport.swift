import LarkiveCore
import LarkiveFeishu

/// What a run would do, and what it would cost.
struct PlanReport {
    let plan: PlanSummary
    /// Slowest endpoint first.
    let calls: [CallEstimate]

    /// About how long a run takes: its endpoints are used at the same time.
    private var seconds: Double { calls.map(\.seconds).max() ?? 0 }

    /// What a person reads of a dry run.
    var lines: [String] {
        [
            "\(Figures.count(Int64(plan.newAttachments), "new attachment", "new attachments")), "
                + "\(Figures.count(Int64(plan.openAttachments), "open one", "open ones")) from "
                + "earlier runs; nothing was written",
            "\(Figures.bytes(plan.knownBytes)) declared by tasks"
                + (plan.sizesUnknown > 0
                    ? "; mail declares no sizes (\(plan.sizesUnknown) attachments)" : ""),
        ]
            + calls.map { call in
                "\(call.endpoint): \(Figures.count(Int64(call.calls), "call", "calls")), "
                    + Figures.duration(call.seconds)
            } + ["about \(Figures.duration(seconds)) in all, as fast as the platform allows"]
    }

    var json: JSON {
        .object([
            "new": JSON(plan.newAttachments), "open": JSON(plan.openAttachments),
            "known_bytes": .integer(plan.knownBytes), "sizes_unknown": JSON(plan.sizesUnknown),
            "seconds": .integer(Int64(seconds.rounded(.up))),
            "calls": .array(
                calls.map { call in
                    .object([
                        "endpoint": .string(call.endpoint), "calls": JSON(call.calls),
                        "seconds": .integer(Int64(call.seconds.rounded(.up))),
                    ])
                }
            ),
            "sources": .array(
                plan.walks.map { walk in
                    .object([
                        "source": .string(walk.name.description),
                        "messages_to_examine": .integer(walk.examinedNow),
                        "error": walk.failure.map { .string($0.detail) },
                    ])
                }
            ),
        ])
    }
}
