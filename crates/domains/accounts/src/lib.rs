//! People, credentials, sessions, roles and representations.

mod authenticator;
mod breached;
pub mod bulk;
mod cache;
mod caller;
pub mod commands;
pub mod csrf;
mod device;
mod error;
mod events;
pub mod fields;
mod guessing;
mod hasher;
mod keys;
mod kinds;
pub mod queries;
mod recovery;
mod second_step;
mod session_lifetime;
mod sign_in_log;
mod store;
pub mod throttle;
pub mod tokens;
mod webauthn;

pub use breached::BreachedPasswords;
pub use cache::SessionCache;
pub use caller::{Caller, Via};
pub use device::DEVICE_LIFE;
pub use error::AccountsError;
pub use events::AccountEvent;
pub use hasher::Hasher;
pub use keys::Keys;
pub use kinds::SessionKind;
pub use sign_in_log::SourceNetwork;
pub use webauthn::RelyingParty;
