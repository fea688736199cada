//! What our staff see and do.

pub(crate) mod batch;
pub(crate) mod batches;
pub(crate) mod card;
pub(crate) mod chargebacks;
pub(crate) mod issued;
pub(crate) mod liability;
mod refund_cover;
mod refund_names;
pub(crate) mod refunds;
