//! Input of the catalog, before validation.

use calendar::{LineTroubles, Span};
use kernel::{
    BookingId, BookingMode, CalendarFeedId, CategoryId, CelebrityId, Currency, Money, OfferingKind, PersonId, Secret,
};

/// A profile, as its owner enters it.
#[derive(Debug, Clone)]
pub struct CelebrityDraft {
    /// The person who logs in for it.
    pub person_id: Option<PersonId>,
    /// The slug in the profile's address: lower-case letters, digits, single hyphens.
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
    /// The hue of the poster, in degrees.
    pub hue: i16,
    pub currency: Currency,
    /// The first is the main one.
    pub categories: Vec<CategoryId>,
}

/// An offering, as its owner enters it.
#[derive(Debug, Clone)]
pub struct OfferingDraft {
    pub celebrity_id: CelebrityId,
    pub kind: OfferingKind,
    pub mode: BookingMode,
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

/// A review, as a customer enters it; the caller checks that the booking is theirs and completed.
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

/// An external calendar to add.
#[derive(Debug, Clone)]
pub struct NewFeed {
    pub id: CalendarFeedId,
    pub celebrity_id: CelebrityId,
    /// The owner's name for it.
    pub name: String,
    /// What is shown of its address: the host, and a mark that tells it from others.
    pub shown_address: String,
    pub sealed_address: Vec<u8>,
    /// The address itself, to find it among those that are not sealed yet.
    pub address: Secret<String>,
}

/// What was read of an external calendar.
#[derive(Debug)]
pub struct FeedContent<'reading> {
    pub busy: &'reading [Span],
    pub unread: &'reading LineTroubles,
    /// Whether it ends before its calendar does: what else would be busy is not known.
    pub ends_early: bool,
    pub etag: Option<&'reading str>,
    /// The version of the reader and the zone it was read with.
    pub read_as: &'reading str,
}
