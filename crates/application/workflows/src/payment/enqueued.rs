//! The jobs that recording a result enqueues; their code is in `give_up.rs` and `refund.rs`, which would otherwise form a cycle.

use kernel::{Instant, LegId, RefundId};
use payments::{PaidFor, PaymentChanges};
use serde::{Deserialize, Serialize};

/// The job that cancels the legs of a booking or purchase that nobody waits for any more, until the provider knows how each ends.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GiveUp {
    #[serde(flatten)]
    pub paid_for: PaidFor,
    /// The leg that was given up last: legs of a booking may be given up more than once. Missing in jobs of the previous release.
    #[serde(default)]
    pub leg: Option<LegId>,
    /// Set by the hourly catch-up, so that the key of this job differs from that of an earlier one that was given up.
    #[serde(default)]
    pub again: Option<Instant>,
}

impl GiveUp {
    /// The job for the legs that `changes` give up, if any.
    pub(super) fn of(changes: &PaymentChanges) -> Option<Self> {
        let leg = *changes.given_up().last()?;
        Some(Self { paid_for: changes.payment().intent.paid_for, leg: Some(leg), again: None })
    }
}

/// The job that pays one refund.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBack {
    pub refund: RefundId,
}

/// The same for a refund beyond the policy, after which the previous release would not write into the booking's history what went back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBackGranted {
    pub refund: RefundId,
}

/// The same for stored value, which the previous release would ask a provider about.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBackStored {
    pub refund: RefundId,
}

/// The same for a refund that the payer keeps as credit, which the previous release would pay to the card.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeepAsCredit {
    pub refund: RefundId,
}

/// The same for a refund that the payer has from their bank already. It covers the chargeback; the previous release would pay it again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CoverChargeback {
    pub refund: RefundId,
}

/// The same for money beyond the price, which the previous release would post to the accounts of the price.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PayBackSurplus {
    pub refund: RefundId,
}
