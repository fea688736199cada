//! Intents, legs, receipts and refunds, requests for refunds, and chargebacks.

use std::borrow::Cow;

use bookings::Status;
use cards::SandboxCards;
use kernel::{Instant, LegId, RefundId};
use payments::bulk::{ChargebackRow, IntentRow, LegRow, ReceiptRow, RefundRequestRow, RefundRow};
use payments::{
    Intent, IntentState, Leg, LegRefund, LegState, PaidFor, Payment, PaymentMethod, PaymentReceipt, RefundState,
};

use crate::case::Case;
use crate::dice::Dice;
use crate::generate::World;

/// The suffix of a refund's reference, after that of its payment.
const REFUND_SUFFIX: &str = "-r1";

/// All payments: those of bookings in the order of these, then those of gift cards.
pub fn payments(world: &World) -> impl Iterator<Item = Cow<'_, Payment>> {
    payments_of(world, |_| true)
}

/// The payments of which something may have gone back.
pub fn refunded_payments(world: &World) -> impl Iterator<Item = Cow<'_, Payment>> {
    payments_of(world, |case| case.deal.course.refund_percent > 0)
}

/// All recorded payments, and of the bookings that were paid by card alone those that are `wanted`: each of these is computed again, which
/// takes time.
fn payments_of(world: &World, wanted: fn(&Case<'_>) -> bool) -> impl Iterator<Item = Cow<'_, Payment>> {
    let with_intent = Case::all(world).filter(Case::has_intent);
    let of_bookings = with_intent.filter_map(move |case| match world.stored.payments.get(&case.index) {
        Some(payment) => Some(Cow::Borrowed(payment)),
        None => wanted(&case).then(|| Cow::Owned(by_card(&case))),
    });
    of_bookings.chain(world.stored.orders.iter().filter_map(|life| life.payment.as_ref()).map(Cow::Borrowed))
}

/// The payment intents.
pub fn intents(world: &World) -> impl Iterator<Item = IntentRow> {
    let with_intent = Case::all(world).filter(Case::has_intent);
    let of_bookings = with_intent.map(|case| match world.stored.payments.get(&case.index) {
        Some(payment) => payment.intent.clone(),
        None => intent(&case),
    });
    let of_orders = world.stored.orders.iter().filter_map(|life| life.payment.as_ref());
    let all = of_bookings.chain(of_orders.map(|payment| payment.intent.clone()));
    all.map(|intent| IntentRow {
        id: intent.id.0,
        booking_id: intent.paid_for.id(),
        subject_kind: match intent.paid_for {
            PaidFor::Booking(_) => "booking".into(),
            PaidFor::GiftCardOrder(_) => "gift_card_order".into(),
        },
        customer_id: intent.customer.0,
        due_minor: intent.due.amount_minor,
        currency: intent.due.currency.code().into(),
        state: state(intent.state).into(),
        pay_by: intent.pay_by,
        settle_by: intent.settle_by,
        created_at: intent.created_at,
        settled_at: intent.settled_at,
    })
}

/// The legs.
pub fn legs(world: &World) -> impl Iterator<Item = LegRow> {
    payments(world).flat_map(|payment| {
        let rows: Vec<LegRow> = payment.legs.iter().map(|leg| leg_row(&payment, leg)).collect();
        rows
    })
}

fn leg_row(payment: &Payment, leg: &Leg) -> LegRow {
    LegRow {
        id: leg.id.0,
        intent_id: leg.intent.0,
        position: leg.position,
        method: leg.method.as_str().into(),
        one_open: !matches!(leg.method, PaymentMethod::GiftCard | PaymentMethod::Crypto),
        provider: leg.provider.clone().into(),
        share_minor: leg.share.amount_minor,
        state: leg.state.as_str().into(),
        provider_ref: leg.provider_ref.clone().map(Into::into),
        failure_code: leg.failure_code.clone().map(Into::into),
        captured_minor: leg.captured_minor,
        surplus_minor: leg.surplus_minor,
        refunded_minor: leg.refunded_minor,
        given_up_at: leg.given_up_at,
        created_at: leg.created_at,
        updated_at: changed_at(payment, leg),
    }
}

/// When a leg last changed.
pub fn changed_at(payment: &Payment, leg: &Leg) -> Instant {
    let receipts = payment.receipts.iter().filter(|one| one.leg == leg.id).map(|one| one.received_at);
    let refunds = payment.refunds.iter().filter(|one| one.leg == leg.id).map(|one| one.created_at);
    receipts.chain(refunds).chain(leg.given_up_at).max().unwrap_or(leg.created_at)
}

/// The receipts.
pub fn receipts(world: &World) -> impl Iterator<Item = ReceiptRow> {
    payments(world).flat_map(|payment| {
        let row = |receipt: &PaymentReceipt| ReceiptRow {
            id: receipt.id,
            leg_id: receipt.leg.0,
            provider: receipt.provider.clone().into(),
            event: receipt.event.clone().into(),
            amount_minor: receipt.amount.amount_minor,
            surplus_minor: receipt.surplus_minor,
            currency: receipt.amount.currency.code().into(),
            received_at: receipt.received_at,
        };
        payment.receipts.iter().map(row).collect::<Vec<_>>()
    })
}

/// The refunds.
pub fn refunds(world: &World) -> impl Iterator<Item = RefundRow> {
    refunded_payments(world).flat_map(|payment| {
        let row = |refund: &LegRefund| RefundRow {
            id: refund.id.0,
            leg_id: refund.leg.0,
            amount_minor: refund.amount.amount_minor,
            currency: refund.amount.currency.code().into(),
            reason: refund.reason.as_str().into(),
            state: "succeeded".into(),
            is_surplus: refund.is_surplus,
            is_kept: refund.is_kept,
            provider_ref: refund_ref(&payment, refund).map(Into::into),
            created_at: refund.created_at,
            updated_at: refund.created_at,
        };
        payment.refunds.iter().map(row).collect::<Vec<_>>()
    })
}

/// What the provider calls a refund, if it pays it.
fn refund_ref(payment: &Payment, refund: &LegRefund) -> Option<String> {
    let leg = payment.leg(refund.leg).ok().filter(|leg| refund.is_paid_by_provider(leg))?;
    Some(format!("{}{REFUND_SUFFIX}", leg.provider_ref.as_deref()?))
}

/// Requests for refunds beyond the policy.
pub fn refund_requests(world: &World) -> impl Iterator<Item = RefundRequestRow> {
    world.stored.requests.iter().map(RefundRequestRow::from)
}

/// Cases of chargebacks.
pub fn chargebacks(world: &World) -> impl Iterator<Item = ChargebackRow> {
    world.stored.chargebacks.iter().map(ChargebackRow::from)
}

/// A payment in which nothing but one bank card has a part: charged once, or declined before some that expired.
fn by_card(case: &Case<'_>) -> Payment {
    let course = &case.deal.course;
    let amounts = case.amounts();
    let was_declined =
        course.status == Status::Expired && Dice::new(case.world.seed, "decline", case.index).permille(400);
    let mut payment = Payment::new(intent(case));
    if course.confirmed.is_none() && !was_declined {
        return payment;
    }
    let id = case.card_leg();
    let charge = format!("sandbox_{}", id.0.simple());
    payment.legs.push(Leg {
        id,
        intent: payment.intent.id,
        position: 0,
        method: PaymentMethod::Card,
        provider: SandboxCards::NAME.to_owned(),
        share: case.money(amounts.total),
        state: if was_declined { LegState::Failed } else { LegState::Captured },
        provider_ref: Some(charge.clone()),
        action_url: None,
        failure_code: was_declined.then(|| "card_declined".to_owned()),
        captured_minor: if was_declined { 0 } else { amounts.total },
        surplus_minor: 0,
        refunded_minor: if was_declined { 0 } else { amounts.refunded },
        given_up_at: None,
        created_at: case.asked_at(),
        attempt: None,
    });
    if let Some(received_at) = course.confirmed {
        payment.receipts.push(PaymentReceipt {
            id: case.id("receipt", received_at),
            leg: id,
            provider: SandboxCards::NAME.to_owned(),
            event: charge,
            amount: case.money(amounts.total),
            surplus_minor: 0,
            received_at,
        });
        payment.refunds.extend(refund(case, id));
    }
    payment
}

fn intent(case: &Case<'_>) -> Intent {
    Intent { state: intent_state(case), settled_at: case.deal.course.confirmed, ..case.intent() }
}

fn refund(case: &Case<'_>, leg: LegId) -> Option<LegRefund> {
    let amounts = case.amounts();
    let created_at = case.settled_at().filter(|_| amounts.refunded > 0)?;
    Some(LegRefund {
        id: RefundId(case.id("refund", created_at)),
        leg,
        amount: case.money(amounts.refunded),
        reason: case.refund_reason(),
        state: RefundState::Succeeded,
        is_surplus: false,
        is_kept: false,
        covers: None,
        created_at,
    })
}

fn intent_state(case: &Case<'_>) -> IntentState {
    let amounts = case.amounts();
    match case.deal.course.status {
        Status::AwaitingPayment => IntentState::Open,
        Status::Expired => IntentState::Expired,
        _ if amounts.refunded == 0 => IntentState::Settled,
        _ if amounts.refunded < amounts.total => IntentState::PartlyRefunded,
        _ => IntentState::Refunded,
    }
}

/// As it is stored.
const fn state(state: IntentState) -> &'static str {
    match state {
        IntentState::Open => "open",
        IntentState::Settled => "settled",
        IntentState::Expired => "expired",
        IntentState::Cancelled => "cancelled",
        IntentState::Refunding => "refunding",
        IntentState::PartlyRefunded => "partly_refunded",
        IntentState::Refunded => "refunded",
    }
}
