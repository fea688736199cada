//! Closed sets of accounts: what a session is, why it ended, what a mailed link is for.

use kernel::closed_set;

closed_set! {
    /// What a session is carried by.
    SessionKind {
        /// One opaque cookie.
        Browser = "browser",
        /// A family of rotating refresh tokens.
        Api = "api",
    }
}

closed_set! {
    /// Why a session was ended before its time.
    RevokeReason {
        Logout = "logout",
        EndedByOwner = "ended_by_owner",
        /// A refresh token came a second time: somebody has copied it.
        RefreshReuse = "refresh_reuse",
        PasswordChanged = "password_changed",
        Suspended = "suspended",
        EndedByStaff = "ended_by_staff",
    }
}

closed_set! {
    /// What a mailed link does.
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
