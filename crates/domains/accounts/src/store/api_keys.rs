//! Writes of API keys.

use database::{Connection, Tx};
use kernel::{ApiKeyId, Instant, PersonId, Scope};

use crate::queries::ApiKeyView;

/// The number of a person's keys. Locks the person's row, so that keys made at the same time are counted one after the other.
pub(crate) async fn lock_and_count(tx: &mut Tx, person: PersonId) -> Result<i64, sqlx::Error> {
    sqlx::query!("SELECT id FROM people WHERE id = $1 FOR NO KEY UPDATE", person.0).fetch_one(&mut **tx).await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM api_keys WHERE person_id = $1 AND revoked_at IS NULL"#,
        person.0
    )
    .fetch_one(&mut **tx)
    .await
}

/// Adds a key; `false` when the person has a key of that name.
pub(crate) async fn insert(
    tx: &mut Tx,
    person: PersonId,
    key: &ApiKeyView,
    hash: &[u8; 32],
) -> Result<bool, sqlx::Error> {
    let scopes: Vec<String> = key.scopes.iter().map(|scope| Scope::as_str(*scope).to_owned()).collect();
    let inserted = sqlx::query!(
        "INSERT INTO api_keys (id, person_id, name, key_hash, hint, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        key.id.0,
        person.0,
        key.name,
        hash.as_slice(),
        key.hint,
        &scopes,
        key.created_at,
        key.expires_at
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Records that a key was used, at most once a minute.
pub(crate) async fn note_use(connection: &mut Connection, id: ApiKeyId, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE api_keys SET last_used_at = $2
         WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')",
        id.0,
        now
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Revokes a key of a person; `false` when it is not theirs or was revoked.
pub(crate) async fn revoke(tx: &mut Tx, person: PersonId, id: ApiKeyId, now: Instant) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query!(
        "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL",
        id.0,
        person.0,
        now
    );
    Ok(revoked.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Revokes every key of a person.
pub(crate) async fn revoke_all(tx: &mut Tx, person: PersonId, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE api_keys SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL", person.0, now)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Deletes keys that expired or were revoked before `before`.
pub(crate) async fn forget(tx: &mut Tx, before: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM api_keys WHERE expires_at < $1 OR revoked_at < $1", before)
        .execute(&mut **tx)
        .await
        .map(drop)
}
