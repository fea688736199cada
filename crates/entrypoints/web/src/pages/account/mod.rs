//! The person's own account.

pub(crate) mod calendars;
pub(crate) mod keys;
pub(crate) mod passkeys;
pub(crate) mod security;
pub(crate) mod sessions;
pub(crate) mod settings;
