//! People, credentials, sessions, roles and representations.

mod caller;

pub use caller::{Caller, Via};
