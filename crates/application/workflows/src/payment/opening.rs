//! What every try to pay begins with: what the payer pays for, and earlier tries ended.

use accounts::Caller;
use payments::{Leg, LegState, PaidFor, Payment, PaymentsError, queries};
use site::{Services, links};

use super::give_up::give_up_leg;
use super::provider::refresh_leg;
use super::subject::PaymentSubject;
use crate::WorkflowError;

/// What the caller pays for, with its payment if there is one.
pub(super) async fn own(
    site: &Services,
    caller: &Caller,
    paid_for: PaidFor,
) -> Result<(PaymentSubject, Option<Payment>), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let subject = PaymentSubject::own(&mut connection, caller, paid_for).await?;
    Ok((subject, queries::payment_of(&mut connection, paid_for).await?))
}

/// Ends earlier tries at their providers. Returns the payment if one of them has paid or cannot be ended; `None` if all are over.
pub(super) async fn end_earlier(
    site: &Services,
    caller: &Caller,
    payment: &Payment,
) -> Result<Option<Payment>, WorkflowError> {
    let is_known = |leg: &&Leg| leg.is_under_way() || site.providers.named(&leg.provider).is_some();
    let earlier: Vec<&Leg> = payment.undecided_legs().filter(is_known).collect();
    let had_held = payment.held_legs().next().is_some();
    for leg in &earlier {
        match leg.state {
            LegState::Processing | LegState::Awaiting | LegState::Held => {
                refresh_leg(site, &payment.intent, leg).await.map(drop)?;
            }
            // Not sent, or its answer was lost, or the payer left the bank's page.
            _ => give_up_leg(site, &payment.intent, leg).await?,
        }
    }
    if earlier.is_empty() {
        return Ok(None);
    }
    // The provider took its time, and others may have changed the payment meanwhile: read anew.
    let (_, payment) = own(site, caller, payment.intent.paid_for).await?;
    let payment = payment.ok_or(PaymentsError::NotFound)?;
    let mut legs = payment.legs.iter().filter(|leg| earlier.iter().any(|earlier| earlier.id == leg.id));
    if legs.clone().any(|leg| leg.state == LegState::Created && leg.is_under_way()) {
        return Err(PaymentsError::AlreadyPaying.into());
    }
    let stands = legs.any(|leg| leg.is_under_way() || leg.state == LegState::Captured);
    // Ending the earlier try freed the stored value that was set aside with it. The payer is shown that before anything is charged.
    Ok((stands || had_held && payment.held_legs().next().is_none()).then_some(payment))
}

/// Our own page on which it is paid.
pub(super) fn page_of(paid_for: PaidFor) -> String {
    match paid_for {
        PaidFor::Booking(id) => links::checkout(id),
        PaidFor::GiftCardOrder(id) => links::gift_card_order(id),
    }
}
