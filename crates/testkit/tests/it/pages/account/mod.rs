//! The person's own account.

mod calendars;
mod keys;
mod passkeys;
mod security;
mod sessions;
mod settings;
