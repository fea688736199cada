//! Accounts as the API shows them.

use accounts::commands::TokenPair;
use accounts::queries::Person;
use kernel::{PersonId, Role};
use serde::Serialize;
use utoipa::ToSchema;

/// An account, as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: PersonId,
    pub email: String,
    pub display_name: String,
    pub roles: Vec<Role>,
    pub email_verified: bool,
    /// IANA name, such as `Europe/Lisbon`.
    pub time_zone: String,
    pub locale: String,
}

impl From<Person> for UserView {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            email: person.email,
            display_name: person.display_name,
            roles: person.roles,
            email_verified: person.email_verified,
            time_zone: person.time_zone,
            locale: person.locale,
        }
    }
}

/// A pair of tokens with their owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensView {
    /// For the `Authorization: Bearer` header.
    pub access_token: String,
    /// Good for one refresh; keep it until the next pair has arrived.
    pub refresh_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    pub user: UserView,
}

impl TokensView {
    /// The pair of `person`.
    pub fn new(pair: TokenPair, person: Person) -> Self {
        Self {
            access_token: pair.access.text,
            refresh_token: pair.refresh.expose().clone(),
            token_type: "Bearer".to_owned(),
            expires_in: pair.access.expires_in_s,
            user: person.into(),
        }
    }
}

/// A sentence about what happens next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteView {
    pub message: String,
}

impl NoteView {
    /// `message`, to be answered.
    pub fn new(message: &str) -> Self {
        Self { message: message.to_owned() }
    }
}
