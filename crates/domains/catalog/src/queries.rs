//! Reads of the catalog.

mod feeds;

use database::Connection;
use kernel::{
    BookingMode, CancellationPolicy, CategoryId, CelebrityId, Currency, Dated, Instant, Money, OfferingId,
    OfferingKind, Page, PageRequest, PersonId, PortraitId, RefundTier, ReviewId,
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::celebrity::{Category, CategoryLink, Celebrity, CelebrityCard, Portrait, Rating, Review};
use crate::error::CatalogError;
use crate::offering::Offering;

pub use feeds::{calendar_feeds, celebrity_of_feed, feed_to_read, feeds_unasked_since};

/// Every category, in the order of the pages.
pub async fn categories(connection: &mut Connection) -> Result<Vec<Category>, CatalogError> {
    let categories = sqlx::query_as!(
        Category,
        r#"SELECT g.id AS "id: CategoryId", g.slug, g.name, g.tagline, count(c.id) AS "celebrities_count!"
           FROM categories g
           LEFT JOIN celebrity_categories m ON m.category_id = g.id
           LEFT JOIN celebrities c ON c.id = m.celebrity_id AND c.status = 'published'
           GROUP BY g.id ORDER BY g.position, g.slug"#
    );
    Ok(categories.fetch_all(connection).await?)
}

struct ProfileRecord {
    id: CelebrityId,
    person_id: Option<PersonId>,
    slug: String,
    stage_name: String,
    headline: String,
    bio: String,
    agency: Option<String>,
    languages: Vec<String>,
    city: String,
    country: String,
    time_zone: String,
    portrait_id: Option<PortraitId>,
    hue: i16,
    verified_at: Option<Instant>,
    answer_minutes: Option<i32>,
    rating_count: i32,
    rating_hundredths: i32,
    bookings_count: i32,
    from_price_minor: Option<i64>,
    currency: Currency,
    updated_at: Instant,
    categories: Json<Vec<CategoryLink>>,
}

impl From<ProfileRecord> for Celebrity {
    fn from(row: ProfileRecord) -> Self {
        Self {
            card: CelebrityCard {
                id: row.id,
                slug: row.slug,
                stage_name: row.stage_name,
                headline: row.headline,
                categories: row.categories.0,
                city: row.city,
                country: row.country,
                languages: row.languages,
                is_verified: row.verified_at.is_some(),
                hue: row.hue,
                portrait_id: row.portrait_id,
                rating: Rating { hundredths: row.rating_hundredths, count: row.rating_count },
                from_price: row.from_price_minor.map(|minor| Money::new(minor, row.currency)),
                answer_minutes: row.answer_minutes,
            },
            person_id: row.person_id,
            bio: row.bio,
            agency: row.agency,
            time_zone: row.time_zone,
            verified_at: row.verified_at,
            bookings_count: row.bookings_count,
            updated_at: row.updated_at,
        }
    }
}

/// The published celebrity with this slug or id.
pub async fn celebrity(connection: &mut Connection, slug_or_id: &str) -> Result<Celebrity, CatalogError> {
    let row = sqlx::query_as!(
        ProfileRecord,
        r#"SELECT c.id AS "id: CelebrityId", c.person_id AS "person_id: PersonId", c.slug, c.stage_name, c.headline, c.bio,
             a.name AS "agency?", c.languages, c.city, c.country, c.time_zone, c.portrait_id AS "portrait_id: PortraitId",
             c.hue, c.verified_at, c.answer_minutes, c.rating_count, c.rating_hundredths, c.bookings_count,
             c.from_price_minor, c.currency AS "currency: Currency", c.updated_at,
             c.categories AS "categories: Json<Vec<CategoryLink>>"
           FROM celebrities c LEFT JOIN agencies a ON a.id = c.agency_id
           WHERE (c.slug = $1 OR c.id = $2) AND c.status = 'published'"#,
        slug_or_id,
        slug_or_id.parse::<Uuid>().ok()
    );
    row.fetch_optional(connection).await?.map(Celebrity::from).ok_or(CatalogError::CelebrityNotFound)
}

struct CardRecord {
    id: CelebrityId,
    slug: String,
    stage_name: String,
    headline: String,
    languages: Vec<String>,
    city: String,
    country: String,
    portrait_id: Option<PortraitId>,
    hue: i16,
    is_verified: bool,
    answer_minutes: Option<i32>,
    rating_count: i32,
    rating_hundredths: i32,
    from_price_minor: Option<i64>,
    currency: Currency,
    categories: Json<Vec<CategoryLink>>,
}

impl From<CardRecord> for CelebrityCard {
    fn from(row: CardRecord) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            stage_name: row.stage_name,
            headline: row.headline,
            categories: row.categories.0,
            city: row.city,
            country: row.country,
            languages: row.languages,
            is_verified: row.is_verified,
            hue: row.hue,
            portrait_id: row.portrait_id,
            rating: Rating { hundredths: row.rating_hundredths, count: row.rating_count },
            from_price: row.from_price_minor.map(|minor| Money::new(minor, row.currency)),
            answer_minutes: row.answer_minutes,
        }
    }
}

/// The cards of these celebrities, published or not, because people see whom they booked. In no order.
pub async fn cards(connection: &mut Connection, ids: &[CelebrityId]) -> Result<Vec<CelebrityCard>, CatalogError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        CardRecord,
        r#"SELECT c.id AS "id: CelebrityId", c.slug, c.stage_name, c.headline, c.languages, c.city, c.country,
             c.portrait_id AS "portrait_id: PortraitId", c.hue, c.verified_at IS NOT NULL AS "is_verified!", c.answer_minutes,
             c.rating_count, c.rating_hundredths, c.from_price_minor, c.currency AS "currency: Currency",
             c.categories AS "categories: Json<Vec<CategoryLink>>"
           FROM celebrities c WHERE c.id = ANY($1)"#,
        &ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(CelebrityCard::from).collect())
}

/// The profile that this person logs in for, published or not.
pub async fn celebrity_of_person(
    connection: &mut Connection,
    person_id: PersonId,
) -> Result<Option<CelebrityId>, CatalogError> {
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id: CelebrityId" FROM celebrities WHERE person_id = $1 LIMIT 1"#,
        person_id.0
    );
    Ok(id.fetch_optional(connection).await?)
}

struct OfferingRecord {
    id: OfferingId,
    celebrity_id: CelebrityId,
    kind: OfferingKind,
    mode: BookingMode,
    title: String,
    description: String,
    price_minor: i64,
    currency: Currency,
    duration_minutes: Option<i32>,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    step_minutes: i32,
    lead_time_minutes: i32,
    horizon_days: i32,
    deliver_within_days: Option<i32>,
    is_active: bool,
    policy_key: String,
    policy_name: String,
    tiers: Json<Vec<RefundTier>>,
    grace_hours: i32,
}

impl From<OfferingRecord> for Offering {
    fn from(row: OfferingRecord) -> Self {
        Self {
            id: row.id,
            celebrity_id: row.celebrity_id,
            kind: row.kind,
            mode: row.mode,
            title: row.title,
            description: row.description,
            price: Money::new(row.price_minor, row.currency),
            duration_minutes: row.duration_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            step_minutes: row.step_minutes,
            lead_time_minutes: row.lead_time_minutes,
            horizon_days: row.horizon_days,
            deliver_within_days: row.deliver_within_days,
            policy: CancellationPolicy {
                key: row.policy_key,
                name: row.policy_name,
                tiers: row.tiers.0,
                grace_hours: row.grace_hours.into(),
            },
            is_active: row.is_active,
        }
    }
}

/// The active offerings of a celebrity, in their chosen order.
pub async fn offerings(connection: &mut Connection, celebrity_id: CelebrityId) -> Result<Vec<Offering>, CatalogError> {
    let rows = sqlx::query_as!(
        OfferingRecord,
        r#"SELECT o.id AS "id: OfferingId", o.celebrity_id AS "celebrity_id: CelebrityId", o.kind AS "kind: OfferingKind",
             o.mode AS "mode: BookingMode", o.title, o.description, o.price_minor, o.currency AS "currency: Currency",
             o.duration_minutes, o.buffer_before_minutes, o.buffer_after_minutes, o.step_minutes, o.lead_time_minutes,
             o.horizon_days, o.deliver_within_days, o.is_active, p.key AS policy_key, p.name AS policy_name,
             p.tiers AS "tiers: Json<Vec<RefundTier>>", p.grace_hours
           FROM offerings o JOIN cancellation_policies p ON p.key = o.policy_key
           WHERE o.celebrity_id = $1 AND o.is_active ORDER BY o.position, o.id"#,
        celebrity_id.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Offering::from).collect())
}

/// One active offering of a published celebrity.
pub async fn offering(connection: &mut Connection, id: OfferingId) -> Result<Offering, CatalogError> {
    let row = sqlx::query_as!(
        OfferingRecord,
        r#"SELECT o.id AS "id: OfferingId", o.celebrity_id AS "celebrity_id: CelebrityId", o.kind AS "kind: OfferingKind",
             o.mode AS "mode: BookingMode", o.title, o.description, o.price_minor, o.currency AS "currency: Currency",
             o.duration_minutes, o.buffer_before_minutes, o.buffer_after_minutes, o.step_minutes, o.lead_time_minutes,
             o.horizon_days, o.deliver_within_days, o.is_active, p.key AS policy_key, p.name AS policy_name,
             p.tiers AS "tiers: Json<Vec<RefundTier>>", p.grace_hours
           FROM offerings o JOIN cancellation_policies p ON p.key = o.policy_key
           JOIN celebrities c ON c.id = o.celebrity_id
           WHERE o.id = $1 AND o.is_active AND c.status = 'published'"#,
        id.0
    );
    row.fetch_optional(connection).await?.map(Offering::from).ok_or(CatalogError::OfferingNotFound)
}

/// The reviews of a celebrity, newest first.
pub async fn reviews(
    connection: &mut Connection,
    celebrity_id: CelebrityId,
    page: &PageRequest,
) -> Result<Page<Review>, CatalogError> {
    let after: Option<(Dated<Instant>, Uuid)> = page.cursor.as_ref().map(|cursor| cursor.decode()).transpose()?;
    let (after_at, after_id) = after.map(|(at, id)| (at.get(), id)).unzip();
    let rows = sqlx::query_as!(
        Review,
        r#"SELECT id AS "id: ReviewId", author_name, rating, body, offering_kind AS "offering_kind: OfferingKind", created_at
           FROM reviews WHERE celebrity_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
           ORDER BY created_at DESC, id DESC LIMIT $4"#,
        celebrity_id.0,
        after_at,
        after_id,
        i64::from(page.limit) + 1
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(Page::from_rows(rows, page.limit, |review| (review.created_at, review.id)))
}

/// The image of a portrait.
pub async fn portrait(connection: &mut Connection, id: PortraitId) -> Result<Portrait, CatalogError> {
    let row = sqlx::query_as!(Portrait, "SELECT content_type, bytes FROM portraits WHERE id = $1", id.0);
    row.fetch_optional(connection).await?.ok_or(CatalogError::PortraitNotFound)
}

/// Celebrities whose open days were computed before this, oldest first.
pub async fn open_days_before(
    connection: &mut Connection,
    before: Instant,
    limit: i64,
) -> Result<Vec<CelebrityId>, CatalogError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT celebrity_id AS "id: CelebrityId" FROM open_days WHERE computed_at < $1 ORDER BY computed_at LIMIT $2"#,
        before,
        limit
    );
    Ok(ids.fetch_all(connection).await?)
}
