//! A payment and its legs, for the tests of this crate.

use kernel::{BookingId, Currency, Instant, IntentId, LegId, Money, PersonId};
use uuid::Uuid;

use crate::{Intent, IntentState, Leg, LegState, LegUpdate, PaidFor, Payment, PaymentMethod};

pub const DUE_MINOR: i64 = 1_000;

pub fn now() -> Instant {
    Instant::UNIX_EPOCH
}

pub fn payment() -> Payment {
    let intent = Intent {
        id: IntentId(Uuid::from_u128(1)),
        paid_for: PaidFor::Booking(BookingId(Uuid::from_u128(2))),
        customer: PersonId(Uuid::from_u128(3)),
        due: Money::new(DUE_MINOR, Currency::Usd),
        state: IntentState::Open,
        pay_by: now(),
        settle_by: now(),
        created_at: now(),
        settled_at: None,
    };
    Payment::new(intent)
}

pub fn leg(number: usize, method: PaymentMethod, share_minor: i64) -> Leg {
    Leg {
        id: LegId(Uuid::from_u128(100 + number as u128)),
        intent: IntentId(Uuid::from_u128(1)),
        position: 0,
        method,
        provider: "sandbox".to_owned(),
        share: Money::new(share_minor, Currency::Usd),
        state: LegState::Created,
        provider_ref: None,
        action_url: None,
        failure_code: None,
        captured_minor: 0,
        surplus_minor: 0,
        refunded_minor: 0,
        given_up_at: None,
        created_at: now(),
        attempt: None,
    }
}

pub fn received(event: &str, amount_minor: i64) -> LegUpdate {
    LegUpdate::Received { event: event.to_owned(), amount: Money::new(amount_minor, Currency::Usd) }
}
