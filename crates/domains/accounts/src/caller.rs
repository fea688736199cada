//! Who is calling, as every entry point sees it.

use kernel::{PersonId, Role, Scope, SessionId};

use crate::AccountsError;

/// How the caller showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser session's cookie: unsafe calls need proof that they come from our own pages.
    Cookie(SessionId),
    /// A session's access token in the `Authorization` header.
    Bearer(SessionId),
    /// An API key in the same header: a program that may do no more than this.
    ApiKey(Vec<Scope>),
}

/// A person who is signed in, or a program in their name.
#[derive(Debug, Clone)]
pub struct Caller {
    pub id: PersonId,
    pub roles: Vec<Role>,
    pub display_name: String,
    pub email: String,
    pub email_verified: bool,
    /// IANA name, such as `Europe/Lisbon`.
    pub time_zone: String,
    pub via: Via,
}

impl Caller {
    /// The session of the call; an API key has none.
    pub fn session(&self) -> Result<SessionId, AccountsError> {
        match self.via {
            Via::Cookie(id) | Via::Bearer(id) => Ok(id),
            Via::ApiKey(_) => Err(AccountsError::SessionRequired),
        }
    }

    /// Whether the caller may do what `scope` names: a session may do everything, a key what it was made for.
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
