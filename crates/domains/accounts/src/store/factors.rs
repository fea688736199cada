//! Writes of authenticator apps and recovery codes.

use database::Tx;
use kernel::{Instant, PersonId};

/// Stores the salt of an app that is being set up; `false` when one is on.
pub(crate) async fn begin(tx: &mut Tx, person: PersonId, salt: &[u8], now: Instant) -> Result<bool, sqlx::Error> {
    let begun = sqlx::query!(
        "INSERT INTO authenticators (person_id, salt, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET salt = excluded.salt, created_at = excluded.created_at
         WHERE authenticators.confirmed_at IS NULL",
        person.0,
        salt,
        now
    );
    Ok(begun.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Turns on the app with this salt and spends its first code; `false` when it is not being set up any more.
pub(crate) async fn confirm(
    tx: &mut Tx,
    person: PersonId,
    salt: &[u8],
    step: i64,
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let confirmed = sqlx::query!(
        "UPDATE authenticators SET confirmed_at = $4, last_step = $3 WHERE person_id = $1 AND salt = $2 AND confirmed_at IS NULL",
        person.0,
        salt,
        step,
        now
    );
    Ok(confirmed.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Whether the person's app is on. Locks the row until the transaction ends.
pub(crate) async fn lock_confirmed(tx: &mut Tx, person: PersonId) -> Result<bool, sqlx::Error> {
    let row = sqlx::query_scalar!(
        "SELECT person_id FROM authenticators WHERE person_id = $1 AND confirmed_at IS NOT NULL FOR UPDATE",
        person.0
    );
    Ok(row.fetch_optional(&mut **tx).await?.is_some())
}

/// Spends the code of a time step; `false` when this step or a later one was spent.
pub(crate) async fn spend_step(tx: &mut Tx, person: PersonId, step: i64) -> Result<bool, sqlx::Error> {
    let spent = sqlx::query!(
        "UPDATE authenticators SET last_step = $2 WHERE person_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
        person.0,
        step
    );
    Ok(spent.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Spends a recovery code; `false` when there is no such code or it was spent.
pub(crate) async fn spend_recovery_code(
    tx: &mut Tx,
    person: PersonId,
    hash: &[u8; 32],
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let spent = sqlx::query!(
        "UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL",
        person.0,
        hash.as_slice(),
        now
    );
    Ok(spent.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Replaces all recovery codes of a person.
pub(crate) async fn replace_recovery_codes(
    tx: &mut Tx,
    person: PersonId,
    hashes: &[Vec<u8>],
) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM recovery_codes WHERE person_id = $1", person.0).execute(&mut **tx).await?;
    sqlx::query!("INSERT INTO recovery_codes (person_id, code_hash) SELECT $1, unnest($2::bytea[])", person.0, hashes)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Removes the app, and with it its recovery codes; `false` when there was none.
pub(crate) async fn remove(tx: &mut Tx, person: PersonId) -> Result<bool, sqlx::Error> {
    let removed =
        sqlx::query!("DELETE FROM authenticators WHERE person_id = $1 AND confirmed_at IS NOT NULL", person.0);
    Ok(removed.execute(&mut **tx).await?.rows_affected() == 1)
}
