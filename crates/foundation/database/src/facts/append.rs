//! Writing facts.

use kernel::{Chance, FactId, Instant};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use super::Event;
use crate::Tx;

/// A fact for a statement that calls `append_facts` and also writes the effect.
#[derive(Debug)]
pub struct NewFact {
    pub id: FactId,
    pub topic: &'static str,
    pub version: i16,
    pub subject_id: Uuid,
    pub payload: Json<Box<RawValue>>,
}

impl NewFact {
    /// The fact of `event`.
    pub fn of<E: Event>(chance: &dyn Chance, now: Instant, event: &E) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: FactId::new(chance, now),
            topic: event.topic(),
            version: E::VERSION,
            subject_id: event.subject_id(),
            payload: Json(serde_json::value::to_raw_value(event).map_err(|error| sqlx::Error::Encode(error.into()))?),
        })
    }
}

/// Appends a fact, in the transaction of its effect.
pub async fn append<E: Event>(tx: &mut Tx, chance: &dyn Chance, now: Instant, event: &E) -> Result<(), sqlx::Error> {
    let fact = NewFact::of(chance, now, event)?;
    sqlx::query!(
        "SELECT append_facts(ARRAY[$1::uuid], ARRAY[$2::text], ARRAY[$3::smallint], ARRAY[$4::uuid], ARRAY[$5::jsonb], $6)",
        fact.id.0,
        fact.topic,
        fact.version,
        fact.subject_id,
        fact.payload as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
