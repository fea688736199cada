//! Calendars that celebrities keep elsewhere: read every quarter of an hour, so that what is busy there is not on offer here. They inform:
//! a calendar that fails or suddenly reads as empty changes nothing until it reads again, or until somebody says that it is right.

use accounts::Caller;
use accounts::queries::Duty;
use calendar::{FeedFault, busy_spans};
use catalog::commands::{self, NewFeed, TakenOver};
use catalog::{CalendarFeed, CatalogError, FeedToRead, FeedTrouble, queries};
use chrono::{DurationRound, TimeDelta};
use database::{Connection, Tx};
use feeds::{FeedAddress, FeedsError, Reading};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{CalendarFeedId, CelebrityId, FieldFault, Instant, Secret};
use serde::{Deserialize, Serialize};
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;
use crate::background::lanes;
use crate::booking::profiles_of;
use crate::calendar::open_days::enqueue_refresh;

/// How long until it is read again.
const EVERY: TimeDelta = TimeDelta::minutes(15);
/// Readings closer together than this are one.
const SAME_READING_S: i64 = 10;
/// A calendar that was not read for so long has no job any more: it was given up.
const MISSED_AFTER: TimeDelta = TimeDelta::hours(1);
/// How far ahead busy times are taken over: offerings may be booked up to 730 days ahead.
const DAYS_AHEAD: TimeDelta = TimeDelta::days(760);
/// What comes back without end reaches further each day, so even a calendar without changes is taken over anew after this.
const TAKEN_OVER_ANEW: TimeDelta = TimeDelta::days(7);

/// The job that reads one calendar, and enqueues the next reading.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadCalendar {
    feed: CalendarFeedId,
}

/// The calendars elsewhere of every profile that the caller looks after.
pub async fn list(site: &Services, caller: &Caller) -> Result<Vec<CalendarFeed>, WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let profiles = profiles_of(&mut connection, caller, Some(Duty::Hold)).await?;
    Ok(queries::calendar_feeds(&mut connection, &profiles, site.clock.now()).await?)
}

/// Adds a calendar to a profile that the caller looks after, and has it read at once.
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

/// Removes a calendar; what it kept busy is on offer again.
pub async fn remove(site: &Services, caller: &Caller, id: CalendarFeedId) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let celebrity = kept_by(&mut tx, caller, id).await?;
    commands::remove_feed(&mut tx, id).await?;
    enqueue_refresh(site, &mut tx, celebrity).await?;
    Ok(tx.commit().await?)
}

/// Has a calendar read now; `may_be_empty` says that it is right for it to be empty.
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

/// Whose calendar it is, if the caller looks after that profile.
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
    const LANE: &'static Lane = &lanes::STRANGERS;

    /// The same ten seconds are the same reading: whoever asks again and again asks the other service once.
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

/// Enqueues a reading of every calendar that has missed some.
pub(crate) async fn enqueue_missed(site: &Services, tx: &mut Tx) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    for feed in queries::feeds_unasked_since(tx, now - MISSED_AFTER).await? {
        enqueue_reading(site, tx, feed, now).await?;
    }
    Ok(())
}

/// Asks the other service, takes over what it says, and enqueues the next reading.
async fn read(site: &Services, id: CalendarFeedId) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let Some(feed) = queries::feed_to_read(&mut *site.database.acquire().await?, id).await? else { return Ok(()) };
    // No connection is held while another server thinks.
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
        // On the quarter, so that a reading between does not begin a second row of them.
        let next = now.duration_trunc(EVERY).unwrap_or(now) + EVERY;
        enqueue_reading(site, &mut tx, id, next).await?;
    }
    Ok(tx.commit().await?)
}

/// Busy times with the mark of what was read; nothing when nothing has changed.
async fn ask(
    site: &Services,
    feed: &FeedToRead,
    now: Instant,
) -> Result<Option<(Vec<calendar::Span>, Option<String>)>, FeedTrouble> {
    // Rules may have grown stricter since it was added.
    let address = FeedAddress::parse(&feed.address, site.settings.development).map_err(|_| FeedTrouble::NotPublic)?;
    let is_recent = feed.taken_over_at.is_some_and(|at| now - at < TAKEN_OVER_ANEW);
    let etag = feed.etag.as_deref().filter(|_| is_recent);
    match site.feeds.read(&address, etag).instrument(outside("calendar")).await {
        Ok(Reading::Unchanged) => Ok(None),
        Ok(Reading::Text { text, etag }) => {
            let zone = feed.time_zone.parse().unwrap_or(chrono_tz::UTC);
            // Reading a large calendar takes a while that others need not wait.
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
        FeedsError::Refused(_) | FeedsError::TooManyDetours => FeedTrouble::Refused,
        FeedsError::TooLarge => FeedTrouble::TooLarge,
        FeedsError::Detour(_) => FeedTrouble::NotPublic,
    }
}
