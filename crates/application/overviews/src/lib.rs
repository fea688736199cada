//! Read-only joins over several domains' tables: free times from rules and allocations, prices from offerings and fees.

pub mod availability;
mod error;
pub mod integrity;
pub mod price;

pub use calendar::Span;
pub use error::OverviewError;
