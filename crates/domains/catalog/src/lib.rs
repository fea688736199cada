//! Who can be booked: profiles, offerings, opening hours, search and reviews.

pub mod bulk;
