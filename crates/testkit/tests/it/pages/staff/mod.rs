//! What our staff see and do.

mod batch;
mod batches;
mod card;
mod liability;
mod refunds;
