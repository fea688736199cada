//! Read-only views over several domains.

pub mod integrity;
