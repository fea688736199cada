//! The rows of the sandbox card provider for the same payments: without them no demo booking could be refunded.

use cards::bulk::{SandboxPaymentRow, SandboxRefundRow};

use super::payments;
use crate::generate::World;

/// A charge for every leg.
pub fn sandbox_payments(world: &World) -> impl Iterator<Item = SandboxPaymentRow> {
    payments::legs_with_currency(world).filter_map(|(leg, currency)| {
        let is_captured = leg.captured_minor > 0;
        Some(SandboxPaymentRow {
            provider_ref: leg.provider_ref?,
            idempotency_key: leg.id.to_string().into(),
            amount_minor: leg.share_minor,
            currency: currency.into(),
            scenario: if is_captured { "success".into() } else { "declined".into() },
            state: if is_captured { "succeeded".into() } else { "declined".into() },
            failure_code: leg.failure_code,
            refunded_minor: leg.refunded_minor,
            created_at: leg.created_at,
            updated_at: leg.updated_at,
        })
    })
}

/// A refund for every refund.
pub fn sandbox_refunds(world: &World) -> impl Iterator<Item = SandboxRefundRow> {
    payments::refunds(world).filter_map(|refund| {
        let reference = refund.provider_ref?;
        Some(SandboxRefundRow {
            idempotency_key: refund.id.to_string().into(),
            provider_ref: reference.strip_suffix(payments::REFUND_SUFFIX)?.to_owned().into(),
            amount_minor: refund.amount_minor,
            created_at: refund.created_at,
        })
    })
}
