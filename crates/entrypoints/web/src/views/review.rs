//! What customers said.

use catalog::Review;
use serde::Serialize;

use super::offering::kind;
use crate::kit::format;

/// What somebody said of a booking.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReviewView {
    pub author: String,
    pub rating: i16,
    pub body: String,
    /// `Video call · November 2026`.
    pub line: String,
}

/// A review with where it comes from.
pub(crate) fn review(review: Review) -> ReviewView {
    ReviewView {
        line: format!("{} · {}", kind(review.offering_kind), format::month_name(review.created_at.date_naive())),
        author: review.author_name,
        rating: review.rating,
        body: review.body,
    }
}
