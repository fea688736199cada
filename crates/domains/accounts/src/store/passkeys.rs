//! What is written of passkeys, and of challenges to devices.

use database::{Connection, Tx};
use kernel::{Instant, PasskeyId, PersonId};

use crate::ceremony::{Challenge, StoredPasskey};
use crate::queries::PasskeyView;

/// Keeps a challenge until it is answered or has lapsed. Each takes two that have lapsed away, so that whoever asks for many and answers none
/// fills no more than what lives.
pub(crate) async fn insert_challenge(
    connection: &mut Connection,
    person: Option<PersonId>,
    challenge: &Challenge,
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

/// Takes a challenge that waits for its answer: whoever comes second finds it gone.
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

/// Forgets the challenges for passkeys that a person was making: the password that they were asked for holds no more.
pub(crate) async fn forget_challenges_of(tx: &mut Tx, person: PersonId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM passkey_challenges WHERE person_id = $1", person.0).execute(&mut **tx).await.map(drop)
}

/// Forgets challenges that nobody answered.
pub(crate) async fn forget_challenges(tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM passkey_challenges WHERE expires_at < $1", now).execute(&mut **tx).await.map(drop)
}

/// How many passkeys a person has; whoever adds one at the same time waits.
pub(crate) async fn lock_and_count(tx: &mut Tx, person: PersonId) -> Result<i64, sqlx::Error> {
    sqlx::query!("SELECT id FROM people WHERE id = $1 FOR NO KEY UPDATE", person.0).fetch_one(&mut **tx).await?;
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM passkeys WHERE person_id = $1"#, person.0)
        .fetch_one(&mut **tx)
        .await
}

/// Why a passkey was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    Name,
    Credential,
}

/// Adds a passkey.
pub(crate) async fn insert(
    tx: &mut Tx,
    person: PersonId,
    view: &PasskeyView,
    kept: &StoredPasskey,
) -> Result<Result<(), Taken>, sqlx::Error> {
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
            Some("passkeys_name") => Ok(Err(Taken::Name)),
            Some("passkeys_credential_id_key") => Ok(Err(Taken::Credential)),
            _ => Err(error),
        },
    }
}

/// A passkey with its owner; whoever shows it at the same time waits, so that its counter only goes forward.
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

/// Notes that a passkey was used, and what its device said of itself.
pub(crate) async fn note_use(tx: &mut Tx, id: PasskeyId, device_state: &[u8], now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE passkeys SET device_state = $2, last_used_at = $3 WHERE id = $1", id.0, device_state, now)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Removes a passkey of a person and says its name; `None` when it is not theirs.
pub(crate) async fn remove(tx: &mut Tx, person: PersonId, id: PasskeyId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("DELETE FROM passkeys WHERE id = $1 AND person_id = $2 RETURNING name", id.0, person.0)
        .fetch_optional(&mut **tx)
        .await
}
