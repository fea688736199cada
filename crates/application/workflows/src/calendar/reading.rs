//! Reading one external calendar: the job, which enqueues the next reading, and what it takes over.

use std::sync::Arc;
use std::time::Duration;

use calendar::{FEED_READER_VERSION, FeedFault, FeedReading, OwnEvents, Span, bookings_named, read_feed};
use catalog::commands::{self, TakenOver};
use catalog::drafts::FeedContent;
use catalog::{FeedToRead, FeedTrouble, queries};
use chrono::{DurationRound, TimeDelta};
use chrono_tz::Tz;
use database::Tx;
use feeds::{AddressFault, FeedAddress, FeedUpdate, FeedsError, SealedAddress};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{CalendarFeedId, Instant, Secret};
use serde::{Deserialize, Serialize};
use site::{Services, outside};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::WorkflowError;
use crate::calendar::open_days::enqueue_refresh;
use crate::lanes;

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

/// The longest time that one text is evaluated; most take some milliseconds. With the time to fetch it this is less than the job's time
/// limit, so that a calendar that takes too long is shown as such, and does not fail the job.
const PATIENCE: Duration = Duration::from_secs(20);

/// The job that reads one calendar, and enqueues the next reading.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReadCalendar {
    feed: CalendarFeedId,
}

/// A calendar that has changed.
struct ChangedCalendar {
    reading: FeedReading,
    etag: Option<String>,
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

/// Enqueues a reading.
pub(super) async fn enqueue_reading(
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
    let outcome = match ask(site, id, &feed, now).await {
        Ok(FeedUpdate::Unchanged) => Ok(None),
        Ok(FeedUpdate::Text { text, etag }) => {
            evaluate(site, &feed, text, now).await?.map(|reading| Some(ChangedCalendar { reading, etag }))
        }
        Err(trouble) => Err(trouble),
    };
    let mut tx = site.database.begin().await?;
    if let Some(sealed) = seal_address(site, id, &feed) {
        commands::seal_feed(&mut tx, id, &sealed.shown, &sealed.sealed).await?;
    }
    let is_kept = match outcome {
        Ok(None) => {
            commands::note_feed_asked(&mut tx, id, None, now).await?;
            true
        }
        Ok(Some(ChangedCalendar { reading, etag })) => {
            let content = FeedContent {
                busy: &reading.busy,
                unread: &reading.troubles,
                ends_early: reading.ends_early,
                // A calendar that was cut off is fetched in full the next time.
                etag: etag.as_deref().filter(|_| !reading.ends_early),
                read_as: &read_as(&feed),
            };
            let whose = (id, feed.celebrity_id);
            let taken = commands::take_over_feed(&mut tx, whose, &content, feed.may_be_empty, now).await?;
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

/// The address in its sealed form, if it is stored in clear or was sealed with the secret before.
fn seal_address(site: &Services, id: CalendarFeedId, feed: &FeedToRead) -> Option<SealedAddress> {
    let keys = &site.address_keys;
    let text = match &feed.sealed_address {
        None => Secret::new(feed.address.clone()),
        Some(sealed) if keys.open_current(sealed, id).is_some() => return None,
        Some(sealed) => keys.open(sealed, id)?,
    };
    // Addresses that may not be read any more are sealed too: they are secrets all the same.
    let address = FeedAddress::parse(text.expose(), true).ok()?;
    Some(keys.seal(&address, id, feed.celebrity_id, &*site.chance))
}

/// What the other service answers.
async fn ask(site: &Services, id: CalendarFeedId, feed: &FeedToRead, now: Instant) -> Result<FeedUpdate, FeedTrouble> {
    let address = address_of(site, id, feed)?;
    let is_recent = feed.taken_over_at.is_some_and(|at| now - at < TAKEN_OVER_ANEW);
    let is_read_alike = feed.read_as.as_ref() == Some(&read_as(feed));
    let etag = feed.etag.as_deref().filter(|_| is_recent && is_read_alike);
    site.feeds.read(&address, etag).instrument(outside("calendar")).await.map_err(|error| {
        tracing::info!(error = %kernel::Causes(&error), host = address.host(), "a calendar could not be read");
        trouble_of(&error)
    })
}

/// What a calendar says, without the events that we gave out for this profile.
async fn evaluate(
    site: &Services,
    feed: &FeedToRead,
    text: String,
    now: Instant,
) -> Result<Result<FeedReading, FeedTrouble>, WorkflowError> {
    let text = Arc::new(text);
    let named = tokio::task::spawn_blocking({
        let text = Arc::clone(&text);
        move || bookings_named(&text)
    });
    let named = named.await.unwrap_or_default();
    let bookings = if named.is_empty() {
        named
    } else {
        bookings::queries::those_with(&mut *site.database.acquire().await?, feed.celebrity_id, &named).await?
    };
    let own = OwnEvents { celebrity: feed.celebrity_id, bookings };
    let window = Span::new(now, now + DAYS_AHEAD);
    Ok(read_within(PATIENCE, text, zone_of(feed), window, own).await.map_err(trouble_of_text))
}

/// The address, opened, and checked again because the rules may have become stricter since the calendar was added.
fn address_of(site: &Services, id: CalendarFeedId, feed: &FeedToRead) -> Result<FeedAddress, FeedTrouble> {
    let is_local = site.settings.development;
    let address = match &feed.sealed_address {
        None => FeedAddress::parse(&feed.address, is_local),
        Some(sealed) => {
            let Some(address) = site.address_keys.open(sealed, id) else {
                tracing::warn!(feed = %id, "the address of a calendar was sealed with another secret");
                return Err(FeedTrouble::Refused);
            };
            FeedAddress::parse(address.expose(), is_local)
        }
    };
    address.map_err(trouble_of_address)
}

/// Reads a text on a blocking thread, because a large calendar would hold up other tasks. The thread is told to stop when its time is
/// over, and when the job is dropped because the server stops.
async fn read_within(
    patience: Duration,
    text: Arc<String>,
    zone: Tz,
    window: Span,
    own: OwnEvents,
) -> Result<FeedReading, FeedFault> {
    let stop = CancellationToken::new();
    let _stops_when_dropped = stop.clone().drop_guard();
    let read = tokio::task::spawn_blocking(move || read_feed(&text, zone, window, &own, &|| stop.is_cancelled()));
    match tokio::time::timeout(patience, read).await {
        Ok(read) => read.unwrap_or(Err(FeedFault::NotACalendar)),
        Err(_) => Err(FeedFault::Stopped),
    }
}

fn zone_of(feed: &FeedToRead) -> Tz {
    feed.time_zone.parse().unwrap_or(Tz::UTC)
}

/// What the busy times depend on beside the text.
fn read_as(feed: &FeedToRead) -> String {
    format!("{FEED_READER_VERSION} {}", zone_of(feed))
}

const fn trouble_of_text(fault: FeedFault) -> FeedTrouble {
    match fault {
        FeedFault::NotACalendar => FeedTrouble::NotACalendar,
        FeedFault::TooLarge | FeedFault::Stopped => FeedTrouble::TooLarge,
    }
}

const fn trouble_of_address(fault: AddressFault) -> FeedTrouble {
    match fault {
        AddressFault::NotPublic | AddressFault::OtherPort => FeedTrouble::NotPublic,
        AddressFault::NotAnAddress | AddressFault::NotSecure => FeedTrouble::Refused,
    }
}

const fn trouble_of(error: &FeedsError) -> FeedTrouble {
    match error {
        FeedsError::Unreachable(_) | FeedsError::TimedOut => FeedTrouble::Unreachable,
        FeedsError::Refused(_) | FeedsError::TooManyRedirects => FeedTrouble::Refused,
        FeedsError::TooLarge => FeedTrouble::TooLarge,
        FeedsError::Redirect(fault) => trouble_of_address(*fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_calendar_that_takes_too_long_is_told_as_too_large() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let window = Span::new(at("2026-12-01T00:00:00Z"), at("2028-12-30T00:00:00Z"));
        let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", "BEGIN:VEVENT\r\nEND:VEVENT\r\n".repeat(20_000));
        let text = Arc::new(text);
        let own = OwnEvents { celebrity: kernel::CelebrityId(uuid::Uuid::nil()), bookings: [].into() };
        let cut = read_within(Duration::ZERO, Arc::clone(&text), Tz::UTC, window, own.clone()).await;
        assert_eq!(cut.map_err(trouble_of_text), Err(FeedTrouble::TooLarge));
        assert!(read_within(PATIENCE, text, Tz::UTC, window, own).await.is_ok());
    }
}
