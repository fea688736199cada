//! People, credentials, sessions, roles and representations.

pub mod bulk;
mod caller;

pub use caller::{Caller, Via};
