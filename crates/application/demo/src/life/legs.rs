//! Legs of payments as they are opened, and charged at the sandbox.

use kernel::{Chance, Instant, LegId, Money};
use payments::{Leg, LegState, LegUpdate, Payment, PaymentChanges, PaymentMethod};

/// The least that a bank card pays.
const BY_CARD_LEAST_MINOR: i64 = 100;

/// A leg that was just opened.
pub fn new_leg(
    payment: &Payment,
    id: LegId,
    method: PaymentMethod,
    provider: &str,
    share: Money,
    stored: Option<String>,
    at: Instant,
) -> Leg {
    Leg {
        id,
        intent: payment.intent.id,
        position: i16::try_from(payment.legs.len()).unwrap_or(i16::MAX),
        method,
        provider: provider.to_owned(),
        share,
        state: if method.is_stored() { LegState::Held } else { LegState::Created },
        provider_ref: stored,
        action_url: None,
        failure_code: None,
        captured_minor: 0,
        surplus_minor: 0,
        refunded_minor: 0,
        given_up_at: None,
        created_at: at,
        attempt: None,
    }
}

/// Records that the sandbox has charged the share of a leg.
pub fn charge(changes: &mut PaymentChanges, chance: &dyn Chance, leg: LegId, amount: Money, at: Instant) {
    let reference = sandbox_ref(leg);
    let update = LegUpdate::Received { event: reference.clone(), amount };
    let counts = changes.record_result(chance, at, leg, Some(reference), update, true).expect("it has this leg");
    debug_assert!(counts, "the share of a leg is wanted");
}

/// What the sandbox calls the charge of a leg.
pub fn sandbox_ref(leg: LegId) -> String {
    format!("sandbox_{}", leg.0.simple())
}

/// How much of `available` pays: as much as possible, but so that what is left to pay is nothing or enough for a bank card.
pub fn share_of(left: i64, available: i64) -> i64 {
    let most = left.min(available);
    match left - most {
        1..BY_CARD_LEAST_MINOR => left - BY_CARD_LEAST_MINOR,
        _ => most,
    }
}
