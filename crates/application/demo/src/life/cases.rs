//! Cases of chargebacks.

use chrono::TimeDelta;
use kernel::{Instant, Money};
use payments::{Chargeback, Dispute, Payment, PaymentMethod, templates};

use super::recorder::Recorder;

/// Opens a case about what the bank card paid of a payment, and posts it.
pub fn open_case(recorder: &mut Recorder<'_>, payment: &Payment, amount: Money, at: Instant) -> Option<Chargeback> {
    let leg = payment.legs.iter().find(|leg| leg.method == PaymentMethod::Card)?;
    let dispute_ref = format!("dispute_{}", leg.provider_ref.as_deref()?);
    let opened_at = at - TimeDelta::minutes(35);
    let dispute = Dispute { provider: &leg.provider, dispute_ref: &dispute_ref, amount, opened_at };
    let case = Chargeback::new(payment, leg.id, &dispute, &recorder.chance, at);
    recorder.post(at, templates::charged_back(&case));
    Some(case)
}
