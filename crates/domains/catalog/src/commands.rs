//! What can be done to the catalog. Each command leaves the derived columns right.

mod feeds;
mod validate;

use calendar::{OpenRange, WeeklyHours};
use chrono::NaiveDate;
use database::Tx;
use kernel::{BookingId, CategoryId, CelebrityId, Chance, Currency, Instant, Money, OfferingId, PersonId, ReviewId};

use crate::{CatalogError, OfferingKind, OfferingMode, store};

pub use feeds::{NewFeed, TakenOver, add_feed, allow_empty_feed, note_feed_asked, remove_feed, take_over_feed};

/// What an owner says of a profile.
#[derive(Debug, Clone)]
pub struct CelebrityDraft {
    /// Who logs in for it.
    pub person_id: Option<PersonId>,
    /// The profile's address: lower-case letters, digits, single hyphens.
    pub slug: String,
    pub stage_name: String,
    pub headline: String,
    pub bio: String,
    /// ISO 639 codes.
    pub languages: Vec<String>,
    pub city: String,
    /// ISO 3166 two-letter code.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    /// Of the poster, in degrees.
    pub hue: i16,
    pub currency: Currency,
    /// The first is the main one.
    pub categories: Vec<CategoryId>,
}

/// What a celebrity says of an offering.
#[derive(Debug, Clone)]
pub struct OfferingDraft {
    pub celebrity_id: CelebrityId,
    pub kind: OfferingKind,
    pub mode: OfferingMode,
    pub title: String,
    pub description: String,
    pub price: Money,
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub step_minutes: i32,
    pub lead_time_minutes: i32,
    pub horizon_days: i32,
    pub deliver_within_days: Option<i32>,
    pub policy_key: String,
    pub is_active: bool,
    pub position: i16,
}

/// What a customer says after a completed booking; the caller checks that it is theirs and completed.
#[derive(Debug, Clone)]
pub struct NewReview {
    pub booking_id: BookingId,
    pub celebrity_id: CelebrityId,
    pub author_id: PersonId,
    pub author_name: String,
    /// 1 to 5.
    pub rating: i16,
    pub body: String,
    pub offering_kind: OfferingKind,
}

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

/// Replaces what a profile says.
pub async fn update_celebrity(
    tx: &mut Tx,
    id: CelebrityId,
    draft: &CelebrityDraft,
    now: Instant,
) -> Result<(), CatalogError> {
    validate::celebrity(draft)?;
    store::save_celebrity(tx, id, draft, now).await?;
    store::set_categories(tx, id, &draft.categories).await?;
    store::derive_search(tx, Some(&[id.0])).await?;
    Ok(store::derive_ratings(tx, Some(&[id.0]), now).await?)
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

/// Replaces an offering. Bookings made before keep what they were made for.
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
    Ok(store::derive_search(tx, Some(&[draft.celebrity_id.0])).await?)
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

/// Gives one day hours of its own; an empty list closes it, none goes back to the week.
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

/// Keeps which days still have room, as first day and the day after the last; search filters by it.
pub async fn store_open_days(
    tx: &mut Tx,
    id: CelebrityId,
    ranges: &[(NaiveDate, NaiveDate)],
    now: Instant,
) -> Result<(), CatalogError> {
    store::save_open_days(tx, id, ranges, now).await
}

/// Adds a review and what follows from it for the rating.
pub async fn add_review(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    review: &NewReview,
) -> Result<ReviewId, CatalogError> {
    validate::review(review)?;
    let id = ReviewId::new(chance, now);
    store::insert_review(tx, id, review, now).await?;
    store::derive_ratings(tx, Some(&[review.celebrity_id.0]), now).await?;
    Ok(id)
}

/// Derives everything that is derived, for all profiles: after a bulk load, and daily, for ratings age.
pub async fn derive_all(tx: &mut Tx, now: Instant) -> Result<(), sqlx::Error> {
    store::derive_search(tx, None).await?;
    store::derive_ratings(tx, None, now).await
}
