//! External calendars of celebrities, read every quarter of an hour, so that times that are busy there are not offered here. If a
//! calendar fails or is suddenly empty, its busy times are kept until it can be read again, or until somebody confirms that it is empty.

use accounts::Caller;
use accounts::queries::Duty;
use catalog::drafts::NewFeed;
use catalog::{CalendarFeed, CatalogError, commands, queries};
use database::Connection;
use feeds::FeedAddress;
use kernel::{CalendarFeedId, CelebrityId, FieldFault, Secret};
use site::Services;

use crate::WorkflowError;
use crate::booking::profiles_of;
use crate::calendar::open_days::enqueue_refresh;
use crate::calendar::reading::enqueue_reading;

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
    let sealed = site.address_keys.seal(&address, id, celebrity, &*site.chance);
    let feed = NewFeed {
        id,
        celebrity_id: celebrity,
        name,
        shown_address: sealed.shown,
        sealed_address: sealed.sealed,
        address: address.into_text(),
    };
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
