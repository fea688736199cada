//! Facts: an append-only log. A fact is written in the transaction of its effect, so
//! one that was rolled back is never seen; each consumer reads the log at its own pace.

mod append;
mod columns;
mod consume;
mod consumer;
mod consumers;
mod days;
mod moved;
mod parked;

use kernel::{FactId, Instant};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

pub use append::{NewFact, append};
pub use columns::FactColumns;
pub use consumer::Consumer;
pub use consumers::{Consumers, Round};
pub use days::{DAYS_AHEAD, keep_days, keep_for, make_days};
pub use moved::settle_after_move;
pub use parked::{ParkedFact, list as list_parked};

/// An event that a domain records for other parts of the program.
///
/// Rows outlive releases: a topic keeps its name, and a new field has a default.
/// A change that the previous release would misread needs a new version.
pub trait Event: Serialize {
    /// The current version of the payload. This release also reads all earlier ones.
    const VERSION: i16 = 1;

    /// Stable name: `booking.confirmed`.
    fn topic(&self) -> &'static str;

    /// The id of the object that the event is about.
    fn subject_id(&self) -> Uuid;

    /// Whether facts of `topic` have a payload of this type, including topics that only other releases write.
    fn covers(topic: &str) -> bool;
}

/// A fact as a consumer reads it.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: FactId,
    pub topic: String,
    pub version: i16,
    pub subject_id: Uuid,
    pub payload: Json<Box<RawValue>>,
    pub occurred_at: Instant,
}

/// Why this release cannot read a fact.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("its form is version {found}, and this release reads up to {known}")]
    Newer { found: i16, known: i16 },
    #[error("its payload does not fit")]
    Payload(#[from] serde_json::Error),
}

impl Fact {
    /// The payload as an event.
    pub fn event<E: Event + DeserializeOwned>(&self) -> Result<E, Unreadable> {
        if self.version > E::VERSION {
            return Err(Unreadable::Newer { found: self.version, known: E::VERSION });
        }
        Ok(serde_json::from_str(self.payload.get())?)
    }
}
