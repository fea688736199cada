//! Bulk loading of people, credentials and representations, for demo data, and the end of its logins.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

bulk_row! {
    /// One row of `people`.
    PersonRow in "people" {
        id: Uuid,
        email: Text,
        display_name: Text,
        roles: Vec<Text>,
        time_zone: Text,
        email_verified_at: Option<Instant>,
        is_demo: bool,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `people` and returns their number.
pub async fn copy_people(tx: &mut Tx, rows: impl IntoIterator<Item = PersonRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `credentials`.
    CredentialRow in "credentials" {
        person_id: Uuid,
        password_hash: Text,
        changed_at: Instant,
    }
}

/// Copies rows into `credentials` and returns their number.
pub async fn copy_credentials(tx: &mut Tx, rows: impl IntoIterator<Item = CredentialRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `representations`.
    RepresentationRow in "representations" {
        id: Uuid,
        celebrity_id: Uuid,
        agent_id: Uuid,
        scopes: Vec<Text>,
        granted_at: Instant,
        revoked_at: Option<Instant>,
    }
}

/// Copies rows into `representations` and returns their number.
pub async fn copy_representations(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = RepresentationRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

/// The number of people who are not demo people.
pub async fn real_people_count(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM people WHERE NOT is_demo"#).fetch_one(&mut **tx).await
}

/// The number of people, including demo people.
pub async fn people_count(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM people"#).fetch_one(&mut **tx).await
}

/// The most different passwords of demo people that are looked at; they share one until somebody changes theirs.
const HASHES_MAX: i64 = 100;

/// The stored hashes of the passwords of demo people, each once.
pub async fn demo_password_hashes(tx: &mut Tx) -> Result<Vec<String>, sqlx::Error> {
    let hashes = sqlx::query_scalar!(
        "SELECT c.password_hash FROM credentials c JOIN people p ON p.id = c.person_id WHERE p.is_demo GROUP BY c.password_hash LIMIT $1",
        HASHES_MAX
    );
    hashes.fetch_all(&mut **tx).await
}

/// Takes every way in from demo people; returns how many had a password.
pub async fn close_demo_logins(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    let closed = sqlx::query!(
        "WITH demo AS (SELECT id FROM people WHERE is_demo),
           gone_sessions AS (DELETE FROM sessions WHERE person_id IN (SELECT id FROM demo)),
           gone_keys AS (DELETE FROM api_keys WHERE person_id IN (SELECT id FROM demo)),
           gone_passkeys AS (DELETE FROM passkeys WHERE person_id IN (SELECT id FROM demo)),
           gone_links AS (DELETE FROM purpose_tokens WHERE person_id IN (SELECT id FROM demo))
         DELETE FROM credentials WHERE person_id IN (SELECT id FROM demo)"
    );
    Ok(closed.execute(&mut **tx).await?.rows_affected())
}
