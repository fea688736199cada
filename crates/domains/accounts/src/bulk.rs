//! Bulk loading of people, credentials and representations, for demo data.
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
