//! Writes of external calendars.

use database::Tx;
use kernel::{CalendarFeedId, CelebrityId, Instant};
use sqlx::types::Json;

use crate::drafts::{FeedContent, NewFeed};
use crate::feed::FeedTrouble;

/// The number of a celebrity's calendars. Locks the profile, so that calendars added at the same time are all counted.
pub(crate) async fn lock_and_count(tx: &mut Tx, celebrity: CelebrityId) -> Result<i64, sqlx::Error> {
    sqlx::query!("SELECT id FROM celebrities WHERE id = $1 FOR NO KEY UPDATE", celebrity.0)
        .fetch_one(&mut **tx)
        .await?;
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM calendar_feeds WHERE celebrity_id = $1"#, celebrity.0)
        .fetch_one(&mut **tx)
        .await
}

/// Adds a calendar; `false` if the celebrity has this address already.
pub(crate) async fn insert(tx: &mut Tx, feed: &NewFeed, now: Instant) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO calendar_feeds (id, celebrity_id, name, address, sealed_address, created_at) SELECT $1, $2, $3, $4, $5, $6
         WHERE NOT EXISTS (SELECT FROM calendar_feeds WHERE celebrity_id = $2 AND address = $7) ON CONFLICT DO NOTHING",
        feed.id.0,
        feed.celebrity_id.0,
        feed.name,
        feed.shown_address,
        feed.sealed_address,
        now,
        feed.address.expose()
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Replaces an address in clear by its sealed form.
pub(crate) async fn seal(tx: &mut Tx, id: CalendarFeedId, shown: &str, sealed: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE calendar_feeds SET address = $2, sealed_address = $3 WHERE id = $1", id.0, shown, sealed)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Deletes a calendar and its busy times; `false` if there is none.
pub(crate) async fn delete(tx: &mut Tx, id: CalendarFeedId) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query!("DELETE FROM calendar_feeds WHERE id = $1", id.0).execute(&mut **tx).await?;
    Ok(deleted.rows_affected() == 1)
}

/// Records that this calendar may be empty.
pub(crate) async fn allow_empty(tx: &mut Tx, id: CalendarFeedId) -> Result<(), sqlx::Error> {
    // Without the `ETag`, because otherwise the other service would answer "not modified".
    sqlx::query!("UPDATE calendar_feeds SET may_be_empty = true, etag = NULL WHERE id = $1", id.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// The number of a calendar's busy times that end after `now`; locks the calendar. `None` if it was removed.
pub(crate) async fn lock_and_count_busy(
    tx: &mut Tx,
    id: CalendarFeedId,
    now: Instant,
) -> Result<Option<i64>, sqlx::Error> {
    let locked = sqlx::query!("SELECT id FROM calendar_feeds WHERE id = $1 FOR UPDATE", id.0);
    if locked.fetch_optional(&mut **tx).await?.is_none() {
        return Ok(None);
    }
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM outside_busy WHERE feed_id = $1 AND upper(span) > $2"#,
        id.0,
        now
    );
    count.fetch_one(&mut **tx).await.map(Some)
}

/// Replaces the busy times of a calendar; returns whether any changed.
pub(crate) async fn replace_busy(
    tx: &mut Tx,
    id: CalendarFeedId,
    celebrity: CelebrityId,
    content: &FeedContent<'_>,
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let (begins, ends): (Vec<Instant>, Vec<Instant>) =
        content.busy.iter().map(|span| (span.starts_at, span.ends_at)).unzip();
    let removed = sqlx::query!(
        "DELETE FROM outside_busy WHERE feed_id = $1 AND span NOT IN
           (SELECT tstzrange(begins, ends) FROM unnest($2::timestamptz[], $3::timestamptz[]) AS new (begins, ends))",
        id.0,
        &begins,
        &ends
    )
    .execute(&mut **tx)
    .await?;
    let added = sqlx::query!(
        "INSERT INTO outside_busy (feed_id, celebrity_id, span)
         SELECT $1, $2, tstzrange(begins, ends) FROM unnest($3::timestamptz[], $4::timestamptz[]) AS new (begins, ends)
         WHERE NOT EXISTS (SELECT FROM outside_busy WHERE feed_id = $1 AND span = tstzrange(begins, ends))",
        id.0,
        celebrity.0,
        &begins,
        &ends
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE calendar_feeds SET asked_at = $2, read_at = $2, taken_over_at = $2, etag = $3, fault = NULL, may_be_empty = false,
           unread_count = $4, unread = $5, read_as = $6
         WHERE id = $1",
        id.0,
        now,
        content.etag,
        i32::try_from(content.unread.count).unwrap_or(i32::MAX),
        Json(&content.unread.listed) as _,
        content.read_as
    )
    .execute(&mut **tx)
    .await?;
    Ok(removed.rows_affected() + added.rows_affected() > 0)
}

/// Records that the calendar was requested: it is unchanged, or there was an error.
pub(crate) async fn note_asked(
    tx: &mut Tx,
    id: CalendarFeedId,
    trouble: Option<FeedTrouble>,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE calendar_feeds SET asked_at = $2, read_at = CASE WHEN $3::text IS NULL THEN $2 ELSE read_at END, fault = $3 WHERE id = $1",
        id.0,
        now,
        trouble.map(FeedTrouble::as_str)
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
