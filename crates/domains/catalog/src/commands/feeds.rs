//! External calendars of a celebrity: adding, reading, removing. If reading fails, the busy times of the last reading stay.

use database::Tx;
use kernel::text::{is_visible, turns_around};
use kernel::{CalendarFeedId, CelebrityId, Instant};

use crate::drafts::{FeedContent, NewFeed};
use crate::error::CatalogError;
use crate::feed::FeedTrouble;
use crate::store::feeds as store;

/// The most external calendars of one celebrity.
const FEEDS_MAX: i64 = 10;

/// The result of storing the busy times that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOver {
    /// Busy times changed, so free times have to be recomputed.
    Changed,
    Same,
    /// The calendar was cut off, or is suddenly empty and nobody has confirmed that; the earlier busy times stay.
    Doubted,
    /// The calendar was removed meanwhile.
    Gone,
}

/// Adds a calendar.
pub async fn add_feed(tx: &mut Tx, feed: NewFeed, now: Instant) -> Result<(), CatalogError> {
    let name = feed.name.trim().to_owned();
    let stray = |letter: char| letter.is_control() || turns_around(letter);
    if !(1..=60).contains(&name.chars().count()) || !name.chars().any(is_visible) || name.chars().any(stray) {
        return Err(CatalogError::field("name", "invalid", "This should be a name of 1 to 60 letters on one line."));
    }
    if store::lock_and_count(tx, feed.celebrity_id).await? >= FEEDS_MAX {
        return Err(CatalogError::TooManyFeeds);
    }
    let is_new = store::insert(tx, &NewFeed { name, ..feed }, now).await?;
    if is_new { Ok(()) } else { Err(CatalogError::FeedKnown) }
}

/// Removes a calendar and its busy times.
pub async fn remove_feed(tx: &mut Tx, id: CalendarFeedId) -> Result<(), CatalogError> {
    if store::delete(tx, id).await? { Ok(()) } else { Err(CatalogError::FeedNotFound) }
}

/// Seals the address of a calendar that was added before addresses were sealed.
pub async fn seal_feed(tx: &mut Tx, id: CalendarFeedId, shown: &str, sealed: &[u8]) -> Result<(), CatalogError> {
    Ok(store::seal(tx, id, shown, sealed).await?)
}

/// Confirms that this calendar may be empty the next time it is read.
pub async fn allow_empty_feed(tx: &mut Tx, id: CalendarFeedId) -> Result<(), CatalogError> {
    Ok(store::allow_empty(tx, id).await?)
}

/// Replaces the busy times of a calendar by those that were read.
pub async fn take_over_feed(
    tx: &mut Tx,
    (id, celebrity): (CalendarFeedId, CelebrityId),
    content: &FeedContent<'_>,
    may_be_empty: bool,
    now: Instant,
) -> Result<TakenOver, CatalogError> {
    let Some(before) = store::lock_and_count_busy(tx, id, now).await? else { return Ok(TakenOver::Gone) };
    let doubt = if content.ends_early {
        Some(FeedTrouble::Unreachable)
    } else if content.busy.is_empty() && !may_be_empty {
        Some(FeedTrouble::Emptied)
    } else {
        None
    };
    if before > 0 && doubt.is_some() {
        store::note_asked(tx, id, doubt, now).await?;
        return Ok(TakenOver::Doubted);
    }
    let has_changed = store::replace_busy(tx, id, celebrity, content, now).await?;
    if content.ends_early {
        // Nothing was busy before, so storing the part that was read frees no time.
        store::note_asked(tx, id, doubt, now).await?;
    }
    Ok(if has_changed { TakenOver::Changed } else { TakenOver::Same })
}

/// Records that a calendar is unchanged or could not be read.
pub async fn note_feed_asked(
    tx: &mut Tx,
    id: CalendarFeedId,
    trouble: Option<FeedTrouble>,
    now: Instant,
) -> Result<(), CatalogError> {
    Ok(store::note_asked(tx, id, trouble, now).await?)
}
