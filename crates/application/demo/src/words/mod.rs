//! The words that the demo people are made of. Everything here is invented.

pub mod names;
pub mod places;
pub mod reviews;
pub mod stories;
pub mod trades;
