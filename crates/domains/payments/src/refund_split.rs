//! How a refund is split over the legs of a payment. Pure.

use kernel::{ChargebackId, LegId};

use crate::Payment;

/// A part of a refund, by what it goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundShare {
    pub leg: LegId,
    pub amount_minor: i64,
    /// The chargeback that it makes good.
    pub covers: Option<ChargebackId>,
}

/// How much of `amount_minor` each leg refunds. What the payer already has from their bank counts first, and makes the chargeback good; the
/// rest goes back through the latest leg first. The parts sum to less if the legs do not have enough.
pub fn split_refund(payment: &Payment, amount_minor: i64) -> Vec<RefundShare> {
    let (mut left, mut shares) = (amount_minor, Vec::new());
    for leg in payment.legs.iter().rev() {
        let mut of_leg = left.min(leg.kept_minor());
        for chargeback in payment.chargebacks_of(leg.id) {
            let share = of_leg.min(payment.missing_of(chargeback));
            if share > 0 {
                shares.push(RefundShare { leg: leg.id, amount_minor: share, covers: Some(chargeback.id) });
                of_leg -= share;
                left -= share;
            }
        }
    }
    shares.extend(split_beyond(payment, left));
    shares
}

/// The same, without what the payer has from their bank.
pub(crate) fn split_beyond(payment: &Payment, amount_minor: i64) -> Vec<RefundShare> {
    let (mut left, mut shares) = (amount_minor, Vec::new());
    for leg in payment.legs.iter().rev() {
        let share = left.min(payment.undisputed_minor(leg));
        if share > 0 {
            shares.push(RefundShare { leg: leg.id, amount_minor: share, covers: None });
            left -= share;
        }
    }
    shares
}
