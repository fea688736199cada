//! Bulk loading of profiles, offerings, opening hours and reviews, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use chrono::NaiveDate;
use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::Instant;
use uuid::Uuid;

bulk_row! {
    /// One row of `categories`.
    CategoryRow in "categories" {
        id: Uuid,
        slug: Text,
        name: Text,
        tagline: Text,
        position: i32,
    }
}

/// Copies rows into `categories` and tells how many.
pub async fn copy_categories(tx: &mut Tx, rows: impl IntoIterator<Item = CategoryRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `agencies`.
    AgencyRow in "agencies" {
        id: Uuid,
        slug: Text,
        name: Text,
        city: Text,
        created_at: Instant,
    }
}

/// Copies rows into `agencies` and tells how many.
pub async fn copy_agencies(tx: &mut Tx, rows: impl IntoIterator<Item = AgencyRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `portraits`.
    PortraitRow in "portraits" {
        id: Uuid,
        content_type: Text,
        bytes: Vec<u8>,
        created_at: Instant,
    }
}

/// Copies rows into `portraits` and tells how many.
pub async fn copy_portraits(tx: &mut Tx, rows: impl IntoIterator<Item = PortraitRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `celebrities`.
    CelebrityRow in "celebrities" {
        id: Uuid,
        person_id: Option<Uuid>,
        agency_id: Option<Uuid>,
        slug: Text,
        stage_name: Text,
        headline: Text,
        bio: Text,
        languages: Vec<Text>,
        city: Text,
        country: Text,
        time_zone: Text,
        portrait_id: Option<Uuid>,
        hue: i16,
        verified_at: Option<Instant>,
        status: Text,
        currency: Text,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `celebrities` and tells how many.
pub async fn copy_celebrities(tx: &mut Tx, rows: impl IntoIterator<Item = CelebrityRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `celebrity_categories`.
    CelebrityCategoryRow in "celebrity_categories" {
        celebrity_id: Uuid,
        category_id: Uuid,
        position: i16,
    }
}

/// Copies rows into `celebrity_categories` and tells how many.
pub async fn copy_celebrity_categories(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = CelebrityCategoryRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `offerings`.
    OfferingRow in "offerings" {
        id: Uuid,
        celebrity_id: Uuid,
        kind: Text,
        mode: Text,
        title: Text,
        description: Text,
        price_minor: i64,
        currency: Text,
        duration_minutes: Option<i32>,
        buffer_before_minutes: i32,
        buffer_after_minutes: i32,
        step_minutes: i32,
        lead_time_minutes: i32,
        horizon_days: i32,
        deliver_within_days: Option<i32>,
        policy_key: Text,
        is_active: bool,
        position: i16,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Copies rows into `offerings` and tells how many.
pub async fn copy_offerings(tx: &mut Tx, rows: impl IntoIterator<Item = OfferingRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `weekly_hours`.
    WeeklyHoursRow in "weekly_hours" {
        id: Uuid,
        celebrity_id: Uuid,
        weekday: i16,
        opens_minute: i16,
        closes_minute: i16,
    }
}

/// Copies rows into `weekly_hours` and tells how many.
pub async fn copy_weekly_hours(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = WeeklyHoursRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `day_exceptions`.
    DayExceptionRow in "day_exceptions" {
        celebrity_id: Uuid,
        day: NaiveDate,
        open_ranges: Text,
        note: Text,
    }
}

/// Copies rows into `day_exceptions` and tells how many.
pub async fn copy_day_exceptions(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = DayExceptionRow>,
) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `open_days`.
    OpenDaysRow in "open_days" {
        celebrity_id: Uuid,
        days: Vec<(NaiveDate, NaiveDate)>,
        computed_at: Instant,
    }
}

/// Copies rows into `open_days` and tells how many.
pub async fn copy_open_days(tx: &mut Tx, rows: impl IntoIterator<Item = OpenDaysRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}

bulk_row! {
    /// One row of `reviews`.
    ReviewRow in "reviews" {
        id: Uuid,
        booking_id: Uuid,
        celebrity_id: Uuid,
        author_id: Uuid,
        author_name: Text,
        rating: i16,
        body: Text,
        offering_kind: Text,
        created_at: Instant,
    }
}

/// Copies rows into `reviews` and tells how many.
pub async fn copy_reviews(tx: &mut Tx, rows: impl IntoIterator<Item = ReviewRow>) -> Result<u64, sqlx::Error> {
    copy(tx, rows).await
}
