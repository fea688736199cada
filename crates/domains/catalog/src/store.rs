//! Writes of the catalog.

pub(crate) mod derived;
pub(crate) mod feeds;

use calendar::{OpenRange, WeeklyHours};
use chrono::NaiveDate;
use database::Tx;
use kernel::{BookingId, CategoryId, CelebrityId, Instant, OfferingId, PersonId, ReviewId};
use sqlx::postgres::types::PgRange;
use sqlx::types::Json;
use uuid::Uuid;

use crate::drafts::{CelebrityDraft, NewReview, OfferingDraft};
use crate::error::CatalogError;

/// Inserts or replaces a profile.
pub(crate) async fn save_celebrity(
    tx: &mut Tx,
    id: CelebrityId,
    draft: &CelebrityDraft,
    now: Instant,
) -> Result<(), CatalogError> {
    sqlx::query!(
        "INSERT INTO celebrities (id, person_id, slug, stage_name, headline, bio, languages, city, country, time_zone, hue,
           currency, status, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'published', $13, $13)
         ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, slug = excluded.slug, stage_name = excluded.stage_name,
           headline = excluded.headline, bio = excluded.bio, languages = excluded.languages, city = excluded.city,
           country = excluded.country, time_zone = excluded.time_zone, hue = excluded.hue, currency = excluded.currency,
           updated_at = excluded.updated_at",
        id.0,
        draft.person_id.map(|id| id.0),
        draft.slug,
        draft.stage_name,
        draft.headline,
        draft.bio,
        &draft.languages,
        draft.city,
        draft.country,
        draft.time_zone,
        draft.hue,
        draft.currency.code(),
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(|error| match error.as_database_error().and_then(|error| error.constraint()) {
        Some("celebrities_slug_key") => CatalogError::SlugTaken,
        _ => error.into(),
    })?;
    Ok(())
}

/// Replaces the categories of a profile, in order.
pub(crate) async fn set_categories(
    tx: &mut Tx,
    id: CelebrityId,
    categories: &[CategoryId],
) -> Result<(), CatalogError> {
    sqlx::query!("DELETE FROM celebrity_categories WHERE celebrity_id = $1", id.0).execute(&mut **tx).await?;
    let categories: Vec<Uuid> = categories.iter().map(|category| category.0).collect();
    sqlx::query!(
        "INSERT INTO celebrity_categories (celebrity_id, category_id, position)
         SELECT $1, category_id, (position - 1)::smallint FROM unnest($2::uuid[]) WITH ORDINALITY AS chosen (category_id, position)",
        id.0,
        &categories
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Inserts or replaces an offering; `false` if the id belongs to another celebrity's offering, which is left unchanged.
pub(crate) async fn save_offering(
    tx: &mut Tx,
    id: OfferingId,
    draft: &OfferingDraft,
    now: Instant,
) -> Result<bool, CatalogError> {
    let done = sqlx::query!(
        "INSERT INTO offerings (id, celebrity_id, kind, mode, title, description, price_minor, currency, duration_minutes,
           buffer_before_minutes, buffer_after_minutes, step_minutes, lead_time_minutes, horizon_days, deliver_within_days,
           policy_key, is_active, position, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, mode = excluded.mode, title = excluded.title,
           description = excluded.description, price_minor = excluded.price_minor, currency = excluded.currency,
           duration_minutes = excluded.duration_minutes, buffer_before_minutes = excluded.buffer_before_minutes,
           buffer_after_minutes = excluded.buffer_after_minutes, step_minutes = excluded.step_minutes,
           lead_time_minutes = excluded.lead_time_minutes, horizon_days = excluded.horizon_days,
           deliver_within_days = excluded.deliver_within_days, policy_key = excluded.policy_key,
           is_active = excluded.is_active, position = excluded.position, updated_at = excluded.updated_at
         WHERE offerings.celebrity_id = excluded.celebrity_id",
        id.0,
        draft.celebrity_id.0,
        draft.kind.as_str(),
        draft.mode.as_str(),
        draft.title,
        draft.description,
        draft.price.amount_minor,
        draft.price.currency.code(),
        draft.duration_minutes,
        draft.buffer_before_minutes,
        draft.buffer_after_minutes,
        draft.step_minutes,
        draft.lead_time_minutes,
        draft.horizon_days,
        draft.deliver_within_days,
        draft.policy_key,
        draft.is_active,
        draft.position,
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(|error| match error.as_database_error().and_then(|error| error.constraint()) {
        Some("offerings_celebrity_id_fkey") => CatalogError::CelebrityNotFound,
        Some("offerings_policy_key_fkey") => CatalogError::field("policy_key", "unknown", "There is no such policy."),
        _ => error.into(),
    })?;
    Ok(done.rows_affected() == 1)
}

/// Replaces the weekly hours; the ids are made by the caller.
pub(crate) async fn set_weekly_hours(
    tx: &mut Tx,
    id: CelebrityId,
    hours: &[(Uuid, WeeklyHours)],
) -> Result<(), CatalogError> {
    sqlx::query!("DELETE FROM weekly_hours WHERE celebrity_id = $1", id.0).execute(&mut **tx).await?;
    for (row_id, hours) in hours {
        sqlx::query!(
            "INSERT INTO weekly_hours (id, celebrity_id, weekday, opens_minute, closes_minute) VALUES ($1, $2, $3, $4, $5)",
            row_id,
            id.0,
            i16::from(hours.weekday),
            small(hours.range.opens_minute),
            small(hours.range.closes_minute)
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Sets or removes the exception of one day.
pub(crate) async fn set_exception(
    tx: &mut Tx,
    id: CelebrityId,
    day: NaiveDate,
    ranges: Option<&[OpenRange]>,
    note: &str,
) -> Result<(), CatalogError> {
    match ranges {
        None => {
            sqlx::query!("DELETE FROM day_exceptions WHERE celebrity_id = $1 AND day = $2", id.0, day)
                .execute(&mut **tx)
                .await?;
        }
        Some(ranges) => {
            sqlx::query!(
                "INSERT INTO day_exceptions (celebrity_id, day, open_ranges, note) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (celebrity_id, day) DO UPDATE SET open_ranges = excluded.open_ranges, note = excluded.note",
                id.0,
                day,
                Json(ranges) as _,
                note
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

/// Replaces the days that can still be booked.
pub(crate) async fn save_open_days(
    tx: &mut Tx,
    id: CelebrityId,
    ranges: &[(NaiveDate, NaiveDate)],
    now: Instant,
) -> Result<(), CatalogError> {
    let ranges: Vec<PgRange<NaiveDate>> = ranges.iter().map(|&(first, end)| (first..end).into()).collect();
    sqlx::query!(
        "INSERT INTO open_days (celebrity_id, days, computed_at)
         SELECT $1, coalesce(range_agg(one), '{}'::datemultirange), $3 FROM unnest($2::daterange[]) AS one
         ON CONFLICT (celebrity_id) DO UPDATE SET days = excluded.days, computed_at = excluded.computed_at",
        id.0,
        &ranges[..] as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Inserts a review.
pub(crate) async fn insert_review(
    tx: &mut Tx,
    id: ReviewId,
    review: &NewReview,
    now: Instant,
) -> Result<(), CatalogError> {
    let (booking, author): (BookingId, PersonId) = (review.booking_id, review.author_id);
    sqlx::query!(
        "INSERT INTO reviews (id, booking_id, celebrity_id, author_id, author_name, rating, body, offering_kind, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        booking.0,
        review.celebrity_id.0,
        author.0,
        review.author_name,
        review.rating,
        review.body,
        review.offering_kind.as_str(),
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(|error| match error.as_database_error().and_then(|error| error.constraint()) {
        Some("reviews_booking_id_key") => CatalogError::AlreadyReviewed,
        Some("reviews_celebrity_id_fkey") => CatalogError::CelebrityNotFound,
        _ => error.into(),
    })?;
    Ok(())
}

fn small(minute: u16) -> i16 {
    i16::try_from(minute).unwrap_or(i16::MAX)
}
