package import LarkiveCore

/// How long a user's consent lasts.
///
/// Source: the page on refreshing a user_access_token: 365 days after the grant the user has to
/// agree again, however often tokens were refreshed.
package struct Consent: Equatable, Sendable {
    package static let days: Int64 = 365
    /// From here on runs warn.
    package static let warning: Int64 = 14

    package let ends: Timestamp
    /// Whole days that are left; 0 on the last day and after it.
    package let daysLeft: Int64

    package init(_ login: UserLogin, at now: Timestamp) {
        ends = login.consented.advanced(bySeconds: Self.days * 86_400)
        daysLeft = max(0, (ends.milliseconds - now.milliseconds) / 86_400_000)
    }

    package var isEndingSoon: Bool { daysLeft < Self.warning }
}
