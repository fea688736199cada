//! The commands of this domain. Each also updates the derived columns.

mod feeds;
mod validate;

use calendar::{OpenRange, WeeklyHours};
use chrono::NaiveDate;
use database::Tx;
use kernel::{CelebrityId, Chance, Instant, OfferingId, ReviewId, TrackRecord};
use uuid::Uuid;

use crate::drafts::{CelebrityDraft, NewReview, OfferingDraft};
use crate::error::CatalogError;
use crate::store::{self, derived};

pub use feeds::{TakenOver, add_feed, allow_empty_feed, note_feed_asked, remove_feed, seal_feed, take_over_feed};

/// Creates a published profile.
pub async fn create_celebrity(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    draft: &CelebrityDraft,
) -> Result<CelebrityId, CatalogError> {
    let id = CelebrityId::new(chance, now);
    update_celebrity(tx, id, draft, now).await?;
    Ok(id)
}

/// Replaces the texts and settings of a profile.
pub async fn update_celebrity(
    tx: &mut Tx,
    id: CelebrityId,
    draft: &CelebrityDraft,
    now: Instant,
) -> Result<(), CatalogError> {
    validate::celebrity(draft)?;
    store::save_celebrity(tx, id, draft, now).await?;
    store::set_categories(tx, id, &draft.categories).await?;
    derived::derive_search(tx, Some(&[id.0])).await?;
    Ok(derived::derive_ratings(tx, Some(&[id.0]), now).await?)
}

/// Adds an offering.
pub async fn create_offering(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    draft: &OfferingDraft,
) -> Result<OfferingId, CatalogError> {
    let id = OfferingId::new(chance, now);
    update_offering(tx, id, draft, now).await?;
    Ok(id)
}

/// Replaces an offering. Existing bookings keep the terms that they were made on.
pub async fn update_offering(
    tx: &mut Tx,
    id: OfferingId,
    draft: &OfferingDraft,
    now: Instant,
) -> Result<(), CatalogError> {
    validate::offering(draft)?;
    if !store::save_offering(tx, id, draft, now).await? {
        return Err(CatalogError::OfferingNotFound);
    }
    Ok(derived::derive_search(tx, Some(&[draft.celebrity_id.0])).await?)
}

/// Replaces the weekly opening hours.
pub async fn set_weekly_hours(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    id: CelebrityId,
    hours: &[WeeklyHours],
) -> Result<(), CatalogError> {
    validate::weekly_hours(hours)?;
    let rows: Vec<_> = hours.iter().map(|hours| (chance.uuid(now), *hours)).collect();
    store::set_weekly_hours(tx, id, &rows).await
}

/// Sets the opening hours of one day: an empty list closes it, `None` restores the weekly hours.
pub async fn set_exception(
    tx: &mut Tx,
    id: CelebrityId,
    day: NaiveDate,
    ranges: Option<&[OpenRange]>,
    note: &str,
) -> Result<(), CatalogError> {
    validate::ranges(ranges.unwrap_or_default())?;
    store::set_exception(tx, id, day, ranges, note).await
}

/// Stores the days that can still be booked, as ranges without their end; search filters by them.
pub async fn store_open_days(
    tx: &mut Tx,
    id: CelebrityId,
    ranges: &[(NaiveDate, NaiveDate)],
    now: Instant,
) -> Result<(), CatalogError> {
    store::save_open_days(tx, id, ranges, now).await
}

/// Adds a review and updates the rating.
pub async fn add_review(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    review: &NewReview,
) -> Result<ReviewId, CatalogError> {
    validate::review(review)?;
    let id = ReviewId::new(chance, now);
    store::insert_review(tx, id, review, now).await?;
    derived::derive_ratings(tx, Some(&[review.celebrity_id.0]), now).await?;
    Ok(id)
}

/// Stores the track records of these profiles, and recomputes their ratings and ranks, because older reviews count for less.
pub async fn store_track_records(tx: &mut Tx, records: &[TrackRecord], now: Instant) -> Result<(), CatalogError> {
    let ids: Vec<Uuid> = records.iter().map(|record| record.celebrity_id.0).collect();
    derived::save_track_records(tx, records).await?;
    Ok(derived::derive_ratings(tx, Some(&ids), now).await?)
}

/// Computes the derived columns of all profiles, after a bulk load.
pub async fn derive_all(tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
    derived::derive_search(tx, None).await?;
    derived::derive_ratings(tx, None, now).await
}
