//! Double-entry ledger on PostgreSQL: accounts by kind and owner, transfers,
//! postings, checks. The templates of transfers belong to the domains that post them.

pub mod bulk;
mod error;
pub mod queries;
mod store;
mod transfer;

pub use error::LedgerError;
pub use queries::{AccountLine, Balance, Report};
pub use store::post;
pub use transfer::{Account, Posting, Thing, Transfer, transfer_id};
