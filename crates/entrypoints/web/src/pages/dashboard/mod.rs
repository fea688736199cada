//! The dashboard.

pub(crate) mod customer;
