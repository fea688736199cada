//! Reads of passkeys.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{PasskeyId, PersonId};
use serde::Serialize;

use crate::AccountsError;

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PasskeyView {
    pub id: PasskeyId,
    /// The name that its owner gave it.
    pub name: String,
    pub created_at: DateTime<Utc>,
    /// Null before the first use.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A person's passkeys, newest first.
pub async fn passkeys(connection: &mut Connection, person: PersonId) -> Result<Vec<PasskeyView>, AccountsError> {
    let rows = sqlx::query_as!(
        PasskeyView,
        r#"SELECT id AS "id: PasskeyId", name, created_at, last_used_at
           FROM passkeys WHERE person_id = $1 ORDER BY created_at DESC, id DESC"#,
        person.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The credential ids and transports of a person's passkeys.
pub(crate) async fn credentials(
    connection: &mut Connection,
    person: PersonId,
) -> Result<Vec<(Vec<u8>, i16)>, AccountsError> {
    let rows = sqlx::query!("SELECT credential_id, transports FROM passkeys WHERE person_id = $1", person.0)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.credential_id, row.transports)).collect())
}
