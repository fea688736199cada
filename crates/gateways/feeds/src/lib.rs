//! Calendars of other services, read over HTTP: the trait, and the reader, which goes nowhere but to the open internet.

mod address;
mod reader;
mod resolver;

pub use address::{AddressFault, FeedAddress};
pub use reader::{FeedReader, FeedsError, HttpFeedReader, Reading};
