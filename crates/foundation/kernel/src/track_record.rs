//! A profile's track record: an overview computes it from bookings, the catalog stores it and ranks search results by it.

use crate::ids::CelebrityId;

/// The track record of one profile.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRecord {
    pub celebrity_id: CelebrityId,
    /// Bookings that took place.
    pub bookings_count: i32,
    /// The same, weighted by age, so that recent bookings count for more.
    pub recent_bookings: f32,
    /// The talent's median time to answer a request; `None` if too few were answered.
    pub answer_minutes: Option<i32>,
}
