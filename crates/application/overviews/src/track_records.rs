//! Track records of profiles, computed from bookings: how many took place, and the talent's time to answer.

use database::Connection;
use kernel::{CelebrityId, Instant, TrackRecord};

use crate::error::OverviewError;

/// The fewest answers from which a median is computed.
const ANSWERS_MIN: i64 = 3;

/// The track records of up to `limit` profiles after `after`, by id.
pub async fn page(
    connection: &mut Connection,
    after: Option<CelebrityId>,
    limit: i64,
    now: Instant,
) -> Result<Vec<TrackRecord>, OverviewError> {
    let after = after.map(|id| id.0);
    let records = sqlx::query_file_as!(TrackRecord, "sql/track_records.sql", after, limit, now, ANSWERS_MIN);
    Ok(records.fetch_all(connection).await?)
}
