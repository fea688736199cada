//! Reads of authenticator apps and recovery codes.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Instant, PersonId};
use serde::Serialize;

use crate::AccountsError;

/// The state of the second factor, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SecondFactorView {
    pub enabled: bool,
    /// Since when; null while it is off.
    pub enabled_at: Option<DateTime<Utc>>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
}

/// An app that is on or being set up.
pub(crate) struct AuthenticatorRow {
    pub salt: Vec<u8>,
    pub created_at: Instant,
    pub confirmed_at: Option<Instant>,
}

/// The state of a person's second factor.
pub async fn second_factor(connection: &mut Connection, person: PersonId) -> Result<SecondFactorView, AccountsError> {
    let enabled_at = authenticator(&mut *connection, person).await?.and_then(|app| app.confirmed_at);
    let recovery_codes_left = recovery_codes_left(connection, person).await?;
    Ok(SecondFactorView { enabled: enabled_at.is_some(), enabled_at, recovery_codes_left })
}

/// A person's app, if any.
pub(crate) async fn authenticator(
    connection: &mut Connection,
    person: PersonId,
) -> Result<Option<AuthenticatorRow>, AccountsError> {
    let row = sqlx::query_as!(
        AuthenticatorRow,
        "SELECT salt, created_at, confirmed_at FROM authenticators WHERE person_id = $1",
        person.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// How many recovery codes a person has left.
pub(crate) async fn recovery_codes_left(connection: &mut Connection, person: PersonId) -> Result<i64, AccountsError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL"#,
        person.0
    );
    Ok(count.fetch_one(connection).await?)
}
