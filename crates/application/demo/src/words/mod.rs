//! Names and texts of the demo world, all invented.

pub mod names;
pub mod places;
pub mod reviews;
pub mod stories;
pub mod trades;
