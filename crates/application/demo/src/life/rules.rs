//! What could be bought when, and what a leg was paid with.

use chrono::{DateTime, TimeDelta};
use gift_cards::SaleRules;
use kernel::{Currency, GiftCardId, Instant, Money};
use payments::{Leg, PaymentMethod};

/// How many months cards in euros and pounds worked before the rules that the schema seeds, so that some have expired by now.
const MONTHS_VALID_BEFORE: u32 = 12;

/// The rules of sale from the beginning of the world. They end where those that the schema seeds begin.
pub fn early_rules(now: Instant) -> Vec<(Instant, SaleRules)> {
    let began = now - TimeDelta::days(735);
    let rules = |currency, months_valid| SaleRules {
        least: Money::new(1_000, currency),
        most: Money::new(200_000, currency),
        months_valid,
    };
    let all = [
        rules(Currency::Eur, Some(MONTHS_VALID_BEFORE)),
        rules(Currency::Gbp, Some(MONTHS_VALID_BEFORE)),
        rules(Currency::Usd, None),
    ];
    all.into_iter().map(|rules| (began, rules)).filter(|_| began < schema_rules_from()).collect()
}

/// From when on the rules of the schema count.
pub fn schema_rules_from() -> Instant {
    DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("a valid moment").to_utc()
}

/// After how many months a card ends that is bought at `at`; as the schema seeds it from 2026 on.
pub fn months_valid(currency: Currency, at: Instant) -> Option<u32> {
    match currency {
        Currency::Eur | Currency::Gbp if at < schema_rules_from() => Some(MONTHS_VALID_BEFORE),
        Currency::Eur => Some(36),
        Currency::Gbp => Some(60),
        _ => None,
    }
}

/// The gift card of a leg.
pub fn card_of(leg: &Leg) -> Option<GiftCardId> {
    leg.provider_ref.as_deref().filter(|_| leg.method == PaymentMethod::GiftCard)?.parse().ok()
}
