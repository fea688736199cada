//! Read models: the card in a list, the whole profile, categories, reviews.

use chrono::{DateTime, Utc};
use kernel::{CategoryId, CelebrityId, Instant, Money, OfferingKind, PersonId, PortraitId, ReviewId};
use serde::{Deserialize, Serialize};

/// A category with how many published celebrities it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Category {
    pub id: CategoryId,
    pub slug: String,
    pub name: String,
    pub tagline: String,
    pub celebrities_count: i64,
}

/// A category as a profile names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryLink {
    pub slug: String,
    pub name: String,
}

/// The mean rating and the number of reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Rating {
    /// The mean, shrunk towards the platform's mean, in hundredths: 487 is 4.87. 0 before the first review.
    pub hundredths: i32,
    pub count: i32,
}

/// One entry of a list of celebrities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CelebrityCard {
    pub id: CelebrityId,
    pub slug: String,
    pub stage_name: String,
    pub headline: String,
    pub categories: Vec<CategoryLink>,
    pub city: String,
    /// ISO 3166 two-letter code.
    pub country: String,
    /// ISO 639 codes.
    pub languages: Vec<String>,
    pub is_verified: bool,
    /// The hue of the poster, in degrees.
    pub hue: i16,
    pub portrait_id: Option<PortraitId>,
    pub rating: Rating,
    /// The lowest price, without fees; `None` if nothing is on offer.
    pub from_price: Option<Money>,
    /// The median time to answer a request; `None` if too few were answered.
    pub answer_minutes: Option<i32>,
}

/// A whole profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Celebrity {
    pub card: CelebrityCard,
    /// The person who logs in for this profile.
    pub person_id: Option<PersonId>,
    pub bio: String,
    /// The agency's name.
    pub agency: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub verified_at: Option<Instant>,
    /// Bookings that took place.
    pub bookings_count: i32,
    pub updated_at: Instant,
}

/// A stored portrait.
#[derive(Debug, Clone)]
pub struct Portrait {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// A customer's review of a completed booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Review {
    pub id: ReviewId,
    pub author_name: String,
    /// 1 to 5.
    pub rating: i16,
    pub body: String,
    pub offering_kind: OfferingKind,
    pub created_at: DateTime<Utc>,
}
