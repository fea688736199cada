//! Calendars of other services: the trait, and the HTTP reader, which connects to public addresses only.

mod address;
mod reader;
mod resolver;
mod sealed;

pub use address::{AddressFault, FeedAddress};
pub use reader::{FeedReader, FeedUpdate, FeedsError, HttpFeedReader};
pub use sealed::{AddressKeys, SealedAddress};
