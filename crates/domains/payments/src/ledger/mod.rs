//! The books: double entry, append-only, one named template for each kind of movement.

mod check;
pub(crate) mod templates;

pub use check::{Balance, Report, check};
pub use templates::{Occasion, Split, share_out};
pub(crate) use templates::{card_captured, card_refunded};
