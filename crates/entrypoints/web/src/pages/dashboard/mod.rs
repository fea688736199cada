//! What needs the person.

pub(crate) mod customer;
