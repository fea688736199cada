//! External calendars of celebrities, read every quarter of an hour, so that times that are busy there are not offered here. If a
//! calendar fails or is suddenly empty, its busy times are kept until it can be read again, or until somebody confirms that it is empty.

use accounts::Caller;
use accounts::queries::Duty;
use calendar::{FeedFault, busy_spans};
use catalog::commands::{self, TakenOver};
use catalog::drafts::NewFeed;
use catalog::{CalendarFeed, CatalogError, FeedToRead, FeedTrouble, queries};
use chrono::{DurationRound, TimeDelta};
use database::{Connection, Tx};
use feeds::{FeedAddress, FeedUpdate, FeedsError};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{CalendarFeedId, CelebrityId, FieldFault, Instant, Secret};
use serde::{Deserialize, Serialize};
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;
use crate::background::lanes;
use crate::booking::profiles_of;
use crate::calendar::open_days::enqueue_refresh;

/// The interval between readings of one calendar.
const EVERY: TimeDelta = TimeDelta::minutes(15);
/// Readings that are due within this time of each other are merged into one.
const SAME_READING_S: i64 = 10;
/// A calendar that was not read for this long has no job any more, because its job was given up.
const MISSED_AFTER: TimeDelta = TimeDelta::hours(1);
/// How far ahead busy times are read; offerings can be booked up to 730 days ahead.
const DAYS_AHEAD: TimeDelta = TimeDelta::days(760);
/// After this time an unchanged calendar is read in full again, because endless repetitions reach further ahead every day.
const TAKEN_OVER_ANEW: TimeDelta = TimeDelta::days(7);

/// The job that reads one calendar, and enqueues the next reading.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadCalendar {
    feed: CalendarFeedId,
}

/// The external calendars of every profile that the caller manages.
pub async fn list(site: &Services, caller: &Caller) -> Result<Vec<CalendarFeed>, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let profiles = profiles_of(&mut connection, caller, Some(Duty::Hold)).await?;
    Ok(queries::calendar_feeds(&mut connection, &profiles, site.clock.now()).await?)
}

/// Adds a calendar to a profile that the caller manages, and enqueues its first reading.
pub async fn add(
    site: &Services,
    caller: &Caller,
    celebrity: CelebrityId,
    name: String,
    address: &Secret<String>,
) -> Result<CalendarFeed, WorkflowError> {
    let address = FeedAddress::parse(address.expose(), site.settings.development)
        .map_err(|fault| WorkflowError::Fields(vec![FieldFault::new("address", "invalid", fault.to_string())]))?;
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    if !profiles_of(&mut tx, caller, Some(Duty::Hold)).await?.contains(&celebrity) {
        return Err(CatalogError::CelebrityNotFound.into());
    }
    let id = CalendarFeedId::new(&*site.chance, now);
    let feed = NewFeed { id, celebrity_id: celebrity, name, address: address.as_text() };
    commands::add_feed(&mut tx, feed, now).await?;
    enqueue_reading(site, &mut tx, id, now).await?;
    let all = queries::calendar_feeds(&mut tx, &[celebrity], now).await?;
    tx.commit().await?;
    all.into_iter().find(|feed| feed.id == id).ok_or_else(|| CatalogError::FeedNotFound.into())
}

/// Removes a calendar; its busy times are offered again.
pub async fn remove(site: &Services, caller: &Caller, id: CalendarFeedId) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let celebrity = kept_by(&mut tx, caller, id).await?;
    commands::remove_feed(&mut tx, id).await?;
    enqueue_refresh(site, &mut tx, celebrity).await?;
    Ok(tx.commit().await?)
}

/// Enqueues a reading for now; `may_be_empty` confirms that the calendar is rightly empty.
pub async fn read_now(
    site: &Services,
    caller: &Caller,
    id: CalendarFeedId,
    may_be_empty: bool,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    kept_by(&mut tx, caller, id).await?;
    if may_be_empty {
        commands::allow_empty_feed(&mut tx, id).await?;
    }
    enqueue_reading(site, &mut tx, id, now).await?;
    Ok(tx.commit().await?)
}

/// The celebrity of a calendar, if the caller manages that profile.
async fn kept_by(
    connection: &mut Connection,
    caller: &Caller,
    id: CalendarFeedId,
) -> Result<CelebrityId, WorkflowError> {
    let celebrity = queries::celebrity_of_feed(&mut *connection, id).await?;
    let profiles = profiles_of(connection, caller, Some(Duty::Hold)).await?;
    celebrity.filter(|celebrity| profiles.contains(celebrity)).ok_or_else(|| CatalogError::FeedNotFound.into())
}

impl Job for ReadCalendar {
    type Context = Services;
    const KIND: &'static str = "read_calendar";
    const LANE: &'static Lane = &lanes::EXTERNAL_CALENDARS;

    /// One reading for each ten seconds, so that repeated requests call the other service only once.
    fn key(&self, run_at: Instant) -> String {
        format!("{}/{}", self.feed, run_at.timestamp() / SAME_READING_S)
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(read(site, self.feed).await?)
    }
}

async fn enqueue_reading(
    site: &Services,
    tx: &mut Tx,
    feed: CalendarFeedId,
    run_at: Instant,
) -> Result<(), WorkflowError> {
    jobs::enqueue(tx, &*site.chance, site.clock.now(), &ReadCalendar { feed }, run_at).await?;
    Ok(())
}

/// Enqueues a reading of every calendar that was not read for too long.
pub(crate) async fn enqueue_missed(site: &Services, tx: &mut Tx) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    for feed in queries::feeds_unasked_since(tx, now - MISSED_AFTER).await? {
        enqueue_reading(site, tx, feed, now).await?;
    }
    Ok(())
}

/// Reads a calendar, stores its busy times, and enqueues the next reading.
async fn read(site: &Services, id: CalendarFeedId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let Some(feed) = queries::feed_to_read(&mut *site.database.acquire().await?, id).await? else { return Ok(()) };
    // No connection is held while we wait for another server.
    let outcome = ask(site, &feed, now).await;
    let mut tx = site.database.begin().await?;
    let is_kept = match outcome {
        Ok(None) => {
            commands::note_feed_asked(&mut tx, id, None, now).await?;
            true
        }
        Ok(Some((busy, etag))) => {
            let whose = (id, feed.celebrity_id);
            let taken =
                commands::take_over_feed(&mut tx, whose, &busy, etag.as_deref(), feed.may_be_empty, now).await?;
            if taken == TakenOver::Changed {
                enqueue_refresh(site, &mut tx, feed.celebrity_id).await?;
            }
            taken != TakenOver::Gone
        }
        Err(trouble) => {
            commands::note_feed_asked(&mut tx, id, Some(trouble), now).await?;
            true
        }
    };
    if is_kept {
        // Aligned to quarter hours, so that a reading in between has the same successor and does not start a second series.
        let next = now.duration_trunc(EVERY).unwrap_or(now) + EVERY;
        enqueue_reading(site, &mut tx, id, next).await?;
    }
    Ok(tx.commit().await?)
}

/// The busy times and the calendar's `ETag`; `None` when nothing has changed.
async fn ask(
    site: &Services,
    feed: &FeedToRead,
    now: Instant,
) -> Result<Option<(Vec<calendar::Span>, Option<String>)>, FeedTrouble> {
    // Checked again, because the rules may have become stricter since the calendar was added.
    let address = FeedAddress::parse(&feed.address, site.settings.development).map_err(|_| FeedTrouble::NotPublic)?;
    let is_recent = feed.taken_over_at.is_some_and(|at| now - at < TAKEN_OVER_ANEW);
    let etag = feed.etag.as_deref().filter(|_| is_recent);
    match site.feeds.read(&address, etag).instrument(outside("calendar")).await {
        Ok(FeedUpdate::Unchanged) => Ok(None),
        Ok(FeedUpdate::Text { text, etag }) => {
            let zone = feed.time_zone.parse().unwrap_or(chrono_tz::UTC);
            // On a blocking thread, because parsing a large calendar would hold up other tasks.
            let read = tokio::task::spawn_blocking(move || busy_spans(&text, zone, now, now + DAYS_AHEAD)).await;
            let busy = read.map_err(|_| FeedTrouble::NotACalendar)?.map_err(trouble_of_text)?;
            Ok(Some((busy, etag)))
        }
        Err(error) => {
            tracing::info!(error = %kernel::Causes(&error), host = address.host(), "a calendar could not be read");
            Err(trouble_of(&error))
        }
    }
}

const fn trouble_of_text(fault: FeedFault) -> FeedTrouble {
    match fault {
        FeedFault::NotACalendar => FeedTrouble::NotACalendar,
        FeedFault::TooMany => FeedTrouble::TooManyEvents,
    }
}

const fn trouble_of(error: &FeedsError) -> FeedTrouble {
    match error {
        FeedsError::Unreachable(_) | FeedsError::TimedOut => FeedTrouble::Unreachable,
        FeedsError::Refused(_) | FeedsError::TooManyRedirects => FeedTrouble::Refused,
        FeedsError::TooLarge => FeedTrouble::TooLarge,
        FeedsError::Redirect(_) => FeedTrouble::NotPublic,
    }
}
