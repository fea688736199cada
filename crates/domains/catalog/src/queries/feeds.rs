//! Reads of external calendars.

use calendar::LineTrouble;
use database::Connection;
use kernel::{CalendarFeedId, CelebrityId, Instant};
use sqlx::types::Json;

use crate::error::CatalogError;
use crate::feed::{CalendarFeed, FeedToRead, FeedTrouble};

/// The external calendars of these celebrities, in the order they were added.
pub async fn calendar_feeds(
    connection: &mut Connection,
    celebrities: &[CelebrityId],
    now: Instant,
) -> Result<Vec<CalendarFeed>, CatalogError> {
    let celebrities: Vec<_> = celebrities.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        CalendarFeed,
        r#"SELECT f.id AS "id: CalendarFeedId", f.celebrity_id AS "celebrity_id: CelebrityId", f.name,
             substring(f.address FROM '://([^/?#]+)') AS "host!", f.created_at, f.asked_at, f.read_at, f.fault AS "trouble: FeedTrouble",
             (SELECT count(*) FROM outside_busy b WHERE b.feed_id = f.id AND upper(b.span) > $2) AS "busy_count!",
             f.unread_count, f.unread AS "unread: Json<Vec<LineTrouble>>"
           FROM calendar_feeds f WHERE f.celebrity_id = ANY($1) ORDER BY f.created_at, f.id"#,
        &celebrities,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The celebrity of this calendar.
pub async fn celebrity_of_feed(
    connection: &mut Connection,
    id: CalendarFeedId,
) -> Result<Option<CelebrityId>, CatalogError> {
    let row =
        sqlx::query_scalar!(r#"SELECT celebrity_id AS "id: CelebrityId" FROM calendar_feeds WHERE id = $1"#, id.0);
    Ok(row.fetch_optional(connection).await?)
}

/// What is needed to read this calendar; `None` if it was removed.
pub async fn feed_to_read(connection: &mut Connection, id: CalendarFeedId) -> Result<Option<FeedToRead>, CatalogError> {
    let row = sqlx::query_as!(
        FeedToRead,
        r#"SELECT f.celebrity_id AS "celebrity_id: CelebrityId", c.time_zone, f.address, f.sealed_address, f.etag, f.taken_over_at,
             f.read_as, f.may_be_empty
           FROM calendar_feeds f JOIN celebrities c ON c.id = f.celebrity_id WHERE f.id = $1"#,
        id.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Calendars that were not requested since `before`.
pub async fn feeds_unasked_since(
    connection: &mut Connection,
    before: Instant,
) -> Result<Vec<CalendarFeedId>, CatalogError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: CalendarFeedId" FROM calendar_feeds WHERE coalesce(asked_at, created_at) < $1 ORDER BY id"#,
        before
    );
    Ok(ids.fetch_all(connection).await?)
}
