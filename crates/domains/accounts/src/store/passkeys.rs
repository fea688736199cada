//! Writes of passkeys and challenges.

use database::{Connection, Tx};
use kernel::{Instant, PasskeyId, PersonId};

use crate::queries::PasskeyView;
use crate::webauthn::{PasskeyChallenge, StoredPasskey};

/// Stores a challenge until it is answered or expires. Each call also deletes two expired ones, so that unanswered requests cannot
/// fill the table.
pub(crate) async fn insert_challenge(
    connection: &mut Connection,
    person: Option<PersonId>,
    challenge: &PasskeyChallenge,
    now: Instant,
    expires_at: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH lapsed AS (DELETE FROM passkey_challenges WHERE challenge IN (
           SELECT challenge FROM passkey_challenges WHERE expires_at < $5 ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED))
         INSERT INTO passkey_challenges (challenge, person_id, state, expires_at) VALUES ($1, $2, $3, $4)",
        challenge.bytes.as_slice(),
        person.map(|person| person.0),
        challenge.state,
        expires_at,
        now
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Deletes an open challenge and returns its state. Of concurrent answers one gets it.
pub(crate) async fn take_challenge(
    connection: &mut Connection,
    person: Option<PersonId>,
    challenge: &[u8; 16],
    now: Instant,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        "DELETE FROM passkey_challenges
         WHERE challenge = $1 AND person_id IS NOT DISTINCT FROM $2::uuid AND expires_at > $3 RETURNING state",
        challenge.as_slice(),
        person.map(|person| person.0),
        now
    )
    .fetch_optional(connection)
    .await
}

/// Deletes a person's challenges for new passkeys: they were made with a password that is not valid any more.
pub(crate) async fn forget_challenges_of(tx: &mut Tx, person: PersonId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM passkey_challenges WHERE person_id = $1", person.0).execute(&mut **tx).await.map(drop)
}

/// Deletes expired challenges.
pub(crate) async fn forget_challenges(tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM passkey_challenges WHERE expires_at < $1", now).execute(&mut **tx).await.map(drop)
}

/// The number of a person's passkeys. Locks the person's row, so that passkeys added at the same time are counted one after the other.
pub(crate) async fn lock_and_count(tx: &mut Tx, person: PersonId) -> Result<i64, sqlx::Error> {
    sqlx::query!("SELECT id FROM people WHERE id = $1 FOR NO KEY UPDATE", person.0).fetch_one(&mut **tx).await?;
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM passkeys WHERE person_id = $1"#, person.0)
        .fetch_one(&mut **tx)
        .await
}

/// Why a passkey was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasskeyConflict {
    Name,
    Credential,
}

/// Adds a passkey.
pub(crate) async fn insert(
    tx: &mut Tx,
    person: PersonId,
    view: &PasskeyView,
    kept: &StoredPasskey,
) -> Result<Result<(), PasskeyConflict>, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO passkeys (id, person_id, name, credential_id, public_key, device_state, transports, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        view.id.0,
        person.0,
        view.name,
        kept.credential_id,
        kept.public_key,
        kept.device_state,
        kept.transports,
        view.created_at
    )
    .execute(&mut **tx)
    .await;
    match inserted {
        Ok(_) => Ok(Ok(())),
        Err(error) => match error.as_database_error().and_then(|error| error.constraint()) {
            Some("passkeys_name") => Ok(Err(PasskeyConflict::Name)),
            Some("passkeys_credential_id_key") => Ok(Err(PasskeyConflict::Credential)),
            _ => Err(error),
        },
    }
}

/// A passkey with its owner. Locks the row, so that concurrent uses take turns and the signature counter only increases.
pub(crate) async fn lock(
    tx: &mut Tx,
    credential_id: &[u8],
) -> Result<Option<(PasskeyId, PersonId, StoredPasskey)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: PasskeyId", person_id AS "person_id: PersonId", credential_id, public_key, device_state, transports
           FROM passkeys WHERE credential_id = $1 FOR UPDATE"#,
        credential_id
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let (public_key, device_state) = (row.public_key, row.device_state);
        let kept =
            StoredPasskey { credential_id: row.credential_id, public_key, device_state, transports: row.transports };
        (row.id, row.person_id, kept)
    }))
}

/// Records that a passkey was used, and the device's new state.
pub(crate) async fn note_use(tx: &mut Tx, id: PasskeyId, device_state: &[u8], now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE passkeys SET device_state = $2, last_used_at = $3 WHERE id = $1", id.0, device_state, now)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Removes a passkey of a person and returns its name; `None` when it is not theirs.
pub(crate) async fn remove(tx: &mut Tx, person: PersonId, id: PasskeyId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("DELETE FROM passkeys WHERE id = $1 AND person_id = $2 RETURNING name", id.0, person.0)
        .fetch_optional(&mut **tx)
        .await
}
