//! The books: double entry, append-only, one named template for each kind of movement.

mod check;
pub(crate) mod templates;

pub use check::{Balance, Report, check};
pub use templates::Split;
pub(crate) use templates::{booking_completed, cancellation_kept, card_captured, card_refunded};
