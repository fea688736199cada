//! People, credentials, sessions, roles and representations.

mod authenticator;
pub mod bulk;
mod cache;
mod caller;
mod ceremony;
pub mod commands;
pub mod csrf;
mod error;
mod events;
pub mod fields;
mod hasher;
mod keys;
mod kinds;
mod life;
pub mod limits;
pub mod queries;
mod recovery;
mod second_step;
mod store;
pub mod tokens;

pub use cache::SessionCache;
pub use caller::{Caller, Via};
pub use ceremony::RelyingParty;
pub use error::AccountsError;
pub use events::AccountEvent;
pub use hasher::Hasher;
pub use keys::Keys;
pub use kinds::SessionKind;
