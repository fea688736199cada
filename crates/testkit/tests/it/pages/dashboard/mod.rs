//! What needs the person.

mod customer;
