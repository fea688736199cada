//! What our staff see and do.

mod batch;
mod batches;
mod card;
mod chargebacks;
mod liability;
mod refunds;
