//! Facts that a consumer could not read: stored unchanged, and consumed later by a server that can read them.

use kernel::{FactId, Instant};
use serde_json::value::RawValue;
use sqlx::types::Json;

use super::{Consumer, Fact};
use crate::{Connection, Database, Tx};

/// The most parked facts handled in one transaction.
const BATCH: i64 = 500;

/// A parked fact of one consumer.
#[derive(Debug, Clone)]
pub struct ParkedFact {
    pub consumer: String,
    pub id: FactId,
    pub topic: String,
    pub version: i16,
    pub reason: String,
    pub parked_at: Instant,
}

/// Parks a fact, in the transaction that moves the cursor past it.
pub(super) async fn park(
    tx: &mut Tx,
    consumer: &str,
    fact: &Fact,
    reason: &str,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO parked_facts (consumer, id, topic, version, subject_id, payload, occurred_at, reason, parked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        consumer,
        fact.id.0,
        fact.topic,
        fact.version,
        fact.subject_id,
        &fact.payload as _,
        fact.occurred_at,
        reason,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Parked facts, newest first.
pub async fn list(connection: &mut Connection, count_max: i64) -> Result<Vec<ParkedFact>, sqlx::Error> {
    sqlx::query_as!(
        ParkedFact,
        r#"SELECT consumer, id AS "id: FactId", topic, version, reason, parked_at FROM parked_facts ORDER BY parked_at DESC, id LIMIT $1"#,
        count_max
    )
    .fetch_all(connection)
    .await
}

/// Consumes the parked facts that this release can read and returns their number.
pub(super) async fn retry<C: Consumer>(database: &Database, context: &C::Context) -> Result<usize, C::Error> {
    let (mut count, mut after) = (0, FactId(uuid::Uuid::nil()));
    loop {
        let mut tx = database.begin().await?;
        let facts = next(&mut tx, C::NAME, after).await?;
        for fact in &facts {
            let Ok(event) = fact.event::<C::Event>() else { continue };
            C::consume(context, &mut tx, fact, event).await?;
            remove(&mut tx, C::NAME, fact.id).await?;
            count += 1;
        }
        tx.commit().await?;
        match facts.last() {
            Some(last) => after = last.id,
            None => return Ok(count),
        }
    }
}

/// `SKIP LOCKED`: another server that does this at the same time takes other facts.
async fn next(tx: &mut Tx, consumer: &str, after: FactId) -> Result<Vec<Fact>, sqlx::Error> {
    sqlx::query_as!(
        Fact,
        r#"SELECT id AS "id: FactId", topic, version, subject_id, payload AS "payload: Json<Box<RawValue>>", occurred_at
           FROM parked_facts WHERE consumer = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED"#,
        consumer,
        after.0,
        BATCH
    )
    .fetch_all(&mut **tx)
    .await
}

async fn remove(tx: &mut Tx, consumer: &str, id: FactId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM parked_facts WHERE consumer = $1 AND id = $2", consumer, id.0).execute(&mut **tx).await?;
    Ok(())
}
