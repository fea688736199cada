//! The closed sets of this domain: kinds of sessions, reasons for revoking, purposes of links, states of people.

use kernel::closed_set;

closed_set! {
    /// The kind of credential that carries a session.
    SessionKind {
        /// One opaque cookie.
        Browser = "browser",
        /// A family of rotating refresh tokens.
        Api = "api",
    }
}

closed_set! {
    /// Why a session was revoked.
    RevokeReason {
        Logout = "logout",
        EndedByOwner = "ended_by_owner",
        /// A refresh token was used again after its successor: it was copied.
        RefreshReuse = "refresh_reuse",
        PasswordChanged = "password_changed",
        Suspended = "suspended",
        EndedByStaff = "ended_by_staff",
    }
}

closed_set! {
    /// The purpose of a mailed link.
    LinkPurpose {
        VerifyEmail = "verify_email",
        ResetPassword = "reset_password",
    }
}

closed_set! {
    /// Whether somebody may use their account.
    PersonStatus {
        Active = "active",
        Suspended = "suspended",
    }
}
