//! The rows of the sandbox card provider for the same payments: without them no demo booking could be refunded.

use ::payments::{Leg, LegState, Payment};
use cards::SandboxCards;
use cards::bulk::{SandboxDisputeRow, SandboxPaymentRow, SandboxRefundRow};

use super::payments::{changed_at, payments, refunded_payments};
use crate::generate::World;

/// A charge for every leg that a bank card pays.
pub fn sandbox_payments(world: &World) -> impl Iterator<Item = SandboxPaymentRow> {
    payments(world).flat_map(|payment| {
        let ours = payment.legs.iter().filter(|leg| leg.provider == SandboxCards::NAME);
        ours.filter_map(|leg| charge(&payment, leg)).collect::<Vec<_>>()
    })
}

fn charge(payment: &Payment, leg: &Leg) -> Option<SandboxPaymentRow> {
    let is_captured = leg.state == LegState::Captured;
    let of_leg = payment.refunds.iter().filter(|refund| refund.leg == leg.id && refund.is_paid_by_provider(leg));
    Some(SandboxPaymentRow {
        provider_ref: leg.provider_ref.clone()?.into(),
        idempotency_key: leg.id.to_string().into(),
        amount_minor: leg.share.amount_minor,
        currency: leg.share.currency.code().into(),
        scenario: if is_captured { "success".into() } else { "declined".into() },
        state: if is_captured { "succeeded".into() } else { "declined".into() },
        failure_code: leg.failure_code.clone().map(Into::into),
        refunded_minor: of_leg.map(|refund| refund.amount.amount_minor).sum(),
        // Where something else pays a part, the card is authorised first and captured last.
        is_captured_later: payment.legs.len() > 1,
        created_at: leg.created_at,
        updated_at: changed_at(payment, leg),
    })
}

/// A refund for every refund that it paid.
pub fn sandbox_refunds(world: &World) -> impl Iterator<Item = SandboxRefundRow> {
    refunded_payments(world).flat_map(|payment| {
        let paid = payment.refunds.iter().filter_map(|refund| {
            let leg = payment.leg(refund.leg).ok().filter(|leg| refund.is_paid_by_provider(leg))?;
            Some(SandboxRefundRow {
                idempotency_key: refund.id.to_string().into(),
                provider_ref: leg.provider_ref.clone()?.into(),
                amount_minor: refund.amount.amount_minor,
                created_at: refund.created_at,
            })
        });
        paid.collect::<Vec<_>>()
    })
}

/// What payers disputed, so that asking the provider brings what we know.
pub fn sandbox_disputes(world: &World) -> impl Iterator<Item = SandboxDisputeRow> {
    world.stored.chargebacks.iter().filter_map(|case| {
        Some(SandboxDisputeRow {
            provider_ref: case.dispute_ref.strip_prefix("dispute_")?.to_owned().into(),
            amount_minor: case.amount.amount_minor,
            opened_at: case.opened_at,
            won_at: case.won_at,
        })
    })
}
