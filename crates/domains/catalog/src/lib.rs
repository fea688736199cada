//! The catalog: profiles, offerings, opening hours, search and reviews.

pub mod bulk;
mod celebrity;
pub mod commands;
pub mod drafts;
mod error;
mod feed;
mod offering;
mod policy;
pub mod queries;
pub mod search;
mod store;

pub use celebrity::{Category, CategoryLink, Celebrity, CelebrityCard, Portrait, Rating, Review};
pub use error::CatalogError;
pub use feed::{CalendarFeed, FeedToRead, FeedTrouble, UnreadLines};
pub use offering::Offering;
pub use policy::policy_summary;
