//! The person's own account.

pub(crate) mod keys;
pub(crate) mod sessions;
pub(crate) mod settings;
