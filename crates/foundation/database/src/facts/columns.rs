//! Facts as one array for each column, for statements that also write their effect.

use kernel::{Chance, Instant};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use super::Event;
use super::append::NewFact;

/// What `append_facts` takes: one array for each column, all of the same length.
#[derive(Debug, Default)]
pub struct FactColumns {
    pub ids: Vec<Uuid>,
    pub topics: Vec<String>,
    pub versions: Vec<i16>,
    pub subjects: Vec<Uuid>,
    pub payloads: Vec<Json<Box<RawValue>>>,
}

impl FactColumns {
    /// The facts of `events`, in the same order.
    pub fn of<'event, E: Event + 'event>(
        chance: &dyn Chance,
        now: Instant,
        events: impl IntoIterator<Item = &'event E>,
    ) -> Result<Self, sqlx::Error> {
        let mut columns = Self::default();
        for event in events {
            let NewFact { id, topic, version, subject_id, payload } = NewFact::of(chance, now, event)?;
            columns.ids.push(id.0);
            columns.topics.push(topic.to_owned());
            columns.versions.push(version);
            columns.subjects.push(subject_id);
            columns.payloads.push(payload);
        }
        Ok(columns)
    }
}
