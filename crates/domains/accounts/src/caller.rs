//! Who is calling, as every entry point sees it.

use kernel::{PersonId, Role, Scope, SessionId};

use crate::AccountsError;

/// How the caller authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser session's cookie. Unsafe calls also need a CSRF token or our own origin.
    Cookie(SessionId),
    /// A session's access token in the `Authorization` header.
    Bearer(SessionId),
    /// An API key in the same header, limited to these scopes.
    ApiKey(Vec<Scope>),
}

/// A signed-in person, or a program that acts for them.
#[derive(Debug, Clone)]
pub struct Caller {
    pub id: PersonId,
    pub roles: Vec<Role>,
    pub display_name: String,
    pub email: String,
    pub email_verified: bool,
    /// IANA name, such as `Europe/Lisbon`.
    pub time_zone: String,
    /// Whether they have an authenticator app, whose code is asked for beside the password.
    pub has_app: bool,
    /// Whether they are staff with neither an authenticator app nor a passkey.
    pub lacks_second_factor: bool,
    pub via: Via,
}

impl Caller {
    /// The session of the call. An API key has none.
    pub fn session(&self) -> Result<SessionId, AccountsError> {
        match self.via {
            Via::Cookie(id) | Via::Bearer(id) => Ok(id),
            Via::ApiKey(_) => Err(AccountsError::SessionRequired),
        }
    }

    /// Whether the caller may use `scope`. A session has every scope, a key only its own.
    pub fn may(&self, scope: Scope) -> bool {
        match &self.via {
            Via::Cookie(_) | Via::Bearer(_) => true,
            Via::ApiKey(scopes) => scopes.contains(&scope),
        }
    }

    /// Whether the caller has `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
