//! What a profile's bookings say of it: an overview computes it, the catalog stores it and orders search by it.

use crate::ids::CelebrityId;

/// The figures of one profile at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRecord {
    pub celebrity_id: CelebrityId,
    /// Bookings that took place.
    pub bookings_count: i32,
    /// The same with each weighed by its age, so that bookings of late count for more than those of long ago.
    pub recent_bookings: f32,
    /// How long the talent's side usually takes to answer a request; none where too few were answered to tell.
    pub answer_minutes: Option<i32>,
}
