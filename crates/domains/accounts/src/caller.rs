//! Who is calling, as every entry point sees it.

use kernel::{PersonId, Role, SessionId};

/// How the caller showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A browser session's cookie: unsafe calls need proof that they come from our own pages.
    Cookie,
    /// An access token in the `Authorization` header.
    Bearer,
}

/// A person with a live session.
#[derive(Debug, Clone)]
pub struct Caller {
    pub id: PersonId,
    pub session_id: SessionId,
    pub roles: Vec<Role>,
    pub display_name: String,
    pub email: String,
    pub email_verified: bool,
    /// IANA name, such as `Europe/Lisbon`.
    pub time_zone: String,
    pub via: Via,
}

impl Caller {
    /// Whether the caller has `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
