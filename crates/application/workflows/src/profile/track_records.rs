//! Computes the track records of all profiles every night, and with them their ratings and ranks.

use jobs::{Attempt, Failure, Job, Lane, Recurring, occurrence_key};
use kernel::{CelebrityId, Instant};
use overviews::track_records;
use serde::{Deserialize, Serialize};
use site::Services;

use crate::WorkflowError;
use crate::lanes;

/// Profiles of one run: about a second of work on an ordinary machine.
const PROFILES_AT_ONCE: i64 = 1_000;

/// The job for one batch of profiles; it enqueues the job for the next batch, so that each run is short.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefreshTrackRecords {
    occurrence: Instant,
    /// The last profile of the previous batch.
    after: Option<CelebrityId>,
}

impl Recurring for RefreshTrackRecords {
    fn at(occurrence: Instant) -> Self {
        Self { occurrence, after: None }
    }
}

impl Job for RefreshTrackRecords {
    type Context = Services;
    const KIND: &'static str = "refresh_track_records";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        let after = self.after.map(|id| format!("/{id}")).unwrap_or_default();
        format!("{}{after}", occurrence_key(self.occurrence))
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(self.refresh(site).await?)
    }
}

impl RefreshTrackRecords {
    /// A booking that completes meanwhile is counted in the next night, so only the rows that change are locked.
    async fn refresh(self, site: &Services) -> Result<(), WorkflowError> {
        let now = site.clock.now();
        let mut tx = site.database.begin().await?;
        let records = track_records::page(&mut tx, self.after, PROFILES_AT_ONCE, now).await?;
        catalog::commands::store_track_records(&mut tx, &records, now).await?;
        if let Some(last) = records.last() {
            let next = Self { occurrence: self.occurrence, after: Some(last.celebrity_id) };
            jobs::enqueue(&mut tx, &*site.chance, now, &next, now).await?;
        }
        Ok(tx.commit().await?)
    }
}
