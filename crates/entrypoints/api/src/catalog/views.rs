//! The catalog as JSON.

use ::catalog::{CategoryLink, Celebrity, CelebrityCard, Offering, policy_summary};
use kernel::{BookingMode, CelebrityId, Currency, FeeSchedule, Money, OfferingId, OfferingKind, RefundTier};
use overviews::price::PriceTotal;
use serde::Serialize;
use site::links;

/// The mean rating and the number of reviews.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RatingView {
    /// 1.0 to 5.0, shrunk towards the platform's mean; 0 before the first review.
    pub mean: f64,
    pub count: i32,
}

/// One celebrity of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CelebrityCardView {
    pub id: CelebrityId,
    pub slug: String,
    pub stage_name: String,
    pub headline: String,
    pub categories: Vec<CategoryLink>,
    pub city: String,
    pub country: String,
    pub languages: Vec<String>,
    pub verified: bool,
    /// Of the poster, in degrees.
    pub hue: i16,
    pub portrait_url: Option<String>,
    pub rating: RatingView,
    /// The lowest price, without fees.
    pub from_price: Option<Money>,
    /// The median time to answer a request, in minutes, within a year; null if fewer than three were answered.
    pub response_minutes: Option<i32>,
}

/// A whole profile.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CelebrityView {
    #[serde(flatten)]
    pub card: CelebrityCardView,
    pub bio: String,
    pub agency: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub offerings: Vec<OfferingView>,
}

/// Something on offer, with its whole price.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OfferingView {
    pub id: OfferingId,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: String,
    pub description: String,
    pub price: Money,
    pub service_fee: Money,
    pub total: Money,
    pub duration_minutes: Option<i32>,
    /// Set-up and travel time around it.
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub lead_time_minutes: i32,
    pub horizon_days: i32,
    pub deliver_within_days: Option<i32>,
    pub policy: PolicyView,
}

/// The refund if a customer cancels.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PolicyView {
    pub key: String,
    pub name: String,
    /// In words.
    pub summary: String,
    /// Longest notice first; after the last cut-off nothing is refunded.
    pub tiers: Vec<RefundTier>,
    /// Hours after confirmation with a full refund, if the booking is at least seven days away then or has no date.
    pub grace_hours: i64,
}

impl From<CelebrityCard> for CelebrityCardView {
    fn from(card: CelebrityCard) -> Self {
        Self {
            portrait_url: card.portrait_id.map(links::portrait),
            id: card.id,
            slug: card.slug,
            stage_name: card.stage_name,
            headline: card.headline,
            categories: card.categories,
            city: card.city,
            country: card.country,
            languages: card.languages,
            verified: card.is_verified,
            hue: card.hue,
            rating: RatingView { mean: f64::from(card.rating.hundredths) / 100.0, count: card.rating.count },
            from_price: card.from_price,
            response_minutes: card.answer_minutes,
        }
    }
}

impl CelebrityView {
    /// The profile with what is on offer.
    pub fn new(celebrity: Celebrity, offerings: Vec<OfferingView>) -> Self {
        Self {
            card: celebrity.card.into(),
            bio: celebrity.bio,
            agency: celebrity.agency,
            time_zone: celebrity.time_zone,
            offerings,
        }
    }
}

impl OfferingView {
    /// The offering with the current fees; `None` if its currency has no fee schedule.
    pub fn new(offering: Offering, fees: &[(Currency, FeeSchedule)]) -> Option<Self> {
        let (_, schedule) = fees.iter().find(|(currency, _)| *currency == offering.price.currency)?;
        let price = PriceTotal::of(offering.price, schedule);
        Some(Self {
            id: offering.id,
            kind: offering.kind,
            mode: offering.mode,
            title: offering.title,
            description: offering.description,
            price: price.price,
            service_fee: price.service_fee,
            total: price.total,
            duration_minutes: offering.duration_minutes,
            buffer_before_minutes: offering.buffer_before_minutes,
            buffer_after_minutes: offering.buffer_after_minutes,
            lead_time_minutes: offering.lead_time_minutes,
            horizon_days: offering.horizon_days,
            deliver_within_days: offering.deliver_within_days,
            policy: PolicyView {
                summary: policy_summary(&offering.policy),
                key: offering.policy.key,
                name: offering.policy.name,
                tiers: offering.policy.tiers,
                grace_hours: offering.policy.grace_hours,
            },
        })
    }
}
