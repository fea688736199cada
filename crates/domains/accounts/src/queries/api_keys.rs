//! Reads of API keys.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{ApiKeyId, Instant, PersonId, Scope};
use serde::Serialize;

use super::roles_of;
use crate::{AccountsError, Caller, Via};

/// An API key as its owner sees it; the key itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ApiKeyView {
    pub id: ApiKeyId,
    /// The name that its owner gave it.
    pub name: String,
    /// How it begins: `stagedoor_Ab3d`.
    pub hint: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    /// From then on it is refused.
    pub expires_at: DateTime<Utc>,
    /// To the minute; null before the first use.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// The caller of an API key.
pub(crate) struct KeyCaller {
    pub id: ApiKeyId,
    pub caller: Caller,
    pub expires_at: Instant,
}

/// A person's keys, newest first, expired ones included.
pub async fn api_keys(connection: &mut Connection, person: PersonId) -> Result<Vec<ApiKeyView>, AccountsError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: ApiKeyId", name, hint, scopes, created_at, expires_at, last_used_at
           FROM api_keys WHERE person_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC"#,
        person.0
    )
    .fetch_all(connection)
    .await?;
    let keys = rows.into_iter().map(|row| ApiKeyView {
        id: row.id,
        name: row.name,
        hint: row.hint,
        scopes: scopes_of(&row.scopes),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    });
    Ok(keys.collect())
}

/// The person for whom the key with this hash acts, if it is neither revoked nor expired.
pub(crate) async fn caller(
    connection: &mut Connection,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<KeyCaller>, AccountsError> {
    let row = sqlx::query!(
        r#"SELECT k.id AS "key_id: ApiKeyId", k.scopes, k.expires_at, p.id AS "id: PersonId", p.email, p.display_name, p.roles,
                  p.time_zone, p.email_verified_at,
                  EXISTS (SELECT FROM authenticators WHERE person_id = p.id AND confirmed_at IS NOT NULL) AS "has_app!",
                  p.roles && ARRAY['support', 'admin'] AND NOT EXISTS (SELECT FROM passkeys WHERE person_id = p.id)
                    AND NOT EXISTS (SELECT FROM authenticators WHERE person_id = p.id AND confirmed_at IS NOT NULL)
                    AS "lacks_second_factor!"
           FROM api_keys k JOIN people p ON p.id = k.person_id
           WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND k.expires_at > $2 AND p.status = 'active'"#,
        hash.as_slice(),
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| KeyCaller {
        id: row.key_id,
        expires_at: row.expires_at,
        caller: Caller {
            id: row.id,
            roles: roles_of(&row.roles),
            display_name: row.display_name,
            email: row.email,
            email_verified: row.email_verified_at.is_some(),
            time_zone: row.time_zone,
            has_app: row.has_app,
            lacks_second_factor: row.lacks_second_factor,
            via: Via::ApiKey(scopes_of(&row.scopes)),
        },
    }))
}

fn scopes_of(texts: &[String]) -> Vec<Scope> {
    texts.iter().filter_map(|text| Scope::from_text(text)).collect()
}
