//! Facts, written in the transaction of their effect, so that nobody hears of what rolled back.

use kernel::{Chance, FactId, Instant};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use crate::types::Tx;

/// Something that happened, as its domain tells it to the rest of the house.
pub trait Event: Serialize {
    /// Stable name: `booking.confirmed`.
    fn topic(&self) -> &'static str;
    /// The thing it happened to.
    fn subject_id(&self) -> Uuid;
}

/// A fact as the dispatcher reads it.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: FactId,
    pub topic: String,
    pub subject_id: Uuid,
    pub payload: Json<Box<RawValue>>,
    pub occurred_at: Instant,
}

impl Fact {
    /// The event that was appended.
    pub fn event<Event: DeserializeOwned>(&self) -> Result<Event, serde_json::Error> {
        serde_json::from_str(self.payload.get())
    }
}

/// A fact about to be appended, for a statement that calls `append_facts` beside its effect.
#[derive(Debug)]
pub struct NewFact {
    pub id: FactId,
    pub topic: &'static str,
    pub subject_id: Uuid,
    pub payload: Json<Box<RawValue>>,
}

impl NewFact {
    /// The fact that `event` is.
    pub fn of(chance: &dyn Chance, now: Instant, event: &impl Event) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: FactId::new(chance, now),
            topic: event.topic(),
            subject_id: event.subject_id(),
            payload: Json(serde_json::value::to_raw_value(event).map_err(|error| sqlx::Error::Encode(error.into()))?),
        })
    }
}

/// Appends a fact to the transaction that makes it true.
pub async fn append(tx: &mut Tx, chance: &dyn Chance, now: Instant, event: &impl Event) -> Result<(), sqlx::Error> {
    let fact = NewFact::of(chance, now, event)?;
    sqlx::query!(
        "INSERT INTO outbox (id, topic, subject_id, payload, occurred_at) VALUES ($1, $2, $3, $4, $5)",
        fact.id.0,
        fact.topic,
        fact.subject_id,
        fact.payload as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes facts out, oldest first, for whoever commits the reactions to them in the same transaction. Other dispatchers skip them.
pub async fn take(tx: &mut Tx, count_max: i64) -> Result<Vec<Fact>, sqlx::Error> {
    // A plan that was kept from when there were no facts would read the whole table ever after.
    sqlx::query!("SET LOCAL plan_cache_mode = force_custom_plan").execute(&mut **tx).await?;
    sqlx::query_as!(
        Fact,
        r#"WITH taken AS (
             DELETE FROM outbox WHERE position IN (SELECT position FROM outbox ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING *
           )
           SELECT id AS "id: FactId", topic, subject_id, payload AS "payload: Json<Box<RawValue>>", occurred_at FROM taken ORDER BY position"#,
        count_max
    )
    .fetch_all(&mut **tx)
    .await
}
