//! The loyalty cards that completed bookings earn, and what a refund takes back of them.

use chrono::{Months, TimeDelta};
use gift_cards::loyalty::{self, LoyaltyAward, LoyaltyTier};
use gift_cards::{CardCommand, CardKind, CardState, LastDay, NewCard, templates};
use kernel::{Actor, BookingId, Currency, Instant, Money, PersonId};
use payments::Leg;

use super::recorder::Recorder;
use super::rules::{card_of, schema_rules_from};
use crate::case::Case;

/// How many days ago bookings began to earn loyalty cards.
const LOYALTY_DAYS: i64 = 120;

/// The moment from which bookings earn loyalty cards.
fn loyalty_from(now: Instant) -> Instant {
    (now - TimeDelta::days(LOYALTY_DAYS)).max(schema_rules_from())
}

/// Gives the customer of a completed booking the loyalty card that it earns.
pub fn award(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    if at < loyalty_from(recorder.world.now) {
        return;
    }
    let base = case.money(base_minor(recorder, case));
    let customer = PersonId(case.customer_id());
    let since = at.checked_sub_months(Months::new(12)).unwrap_or(at);
    let earlier = recorder.year_of(customer, case.currency(), since);
    let Some(standing) = loyalty::standing(&ladder(case.currency()), case.money(earlier + base.amount_minor)) else {
        return;
    };
    let earned_minor = loyalty::earned_minor(base.amount_minor, standing.tier.basis_points);
    let zone = recorder.customer(case.deal.customer).zone;
    let new = NewCard {
        kind: CardKind::Loyalty,
        value: case.money(earned_minor),
        buyer: None,
        holder: Some(customer),
        is_scheduled: false,
        last_day: standing.tier.months_valid.and_then(|months| LastDay::months_after(at, months, zone)),
        batch: None,
        replaces: None,
        source: templates::source(CardKind::Loyalty),
        refund_of: None,
    };
    let card = (earned_minor > 0).then(|| recorder.issue(&new, Actor::SYSTEM, None, at));
    let award = LoyaltyAward {
        booking: BookingId(case.booking_id()),
        person: customer,
        base,
        basis_points: standing.tier.basis_points,
        earned_minor,
        lost_minor: 0,
        card: card.map(|place| recorder.card(place).id),
        awarded_at: at,
    };
    recorder.note_award(case.index, award);
}

/// Takes back what a refunded booking had earned, as far as it is unspent.
pub fn take_back(recorder: &mut Recorder<'_>, case: &Case<'_>, at: Instant) {
    let base = base_minor(recorder, case);
    let Some(award) = recorder.stored.awards.get_mut(&case.index) else { return };
    award.lessen(case.money(base));
    let Some(card) = award.card else { return };
    if let Some(place) = recorder.place_of(card) {
        take_owed(recorder, place, at);
    }
}

/// Takes off a card what is not its holder's any more, also when it comes back there.
pub fn take_owed(recorder: &mut Recorder<'_>, place: usize, at: Instant) {
    let card = recorder.card(place);
    if card.kind != CardKind::Loyalty || matches!(card.state, CardState::Expired | CardState::Void) {
        return;
    }
    let (id, balance) = (card.id, card.balance);
    let Some(award) = recorder.stored.awards.values_mut().find(|award| award.card == Some(id)) else { return };
    let amount = Money::new(award.owed_minor().min(balance.amount_minor), balance.currency);
    if amount.amount_minor > 0 {
        award.lost_minor += amount.amount_minor;
        let booking = award.booking;
        recorder.step(place, CardCommand::Unearn { booking, amount }, Actor::SYSTEM, None, at);
    }
}

/// The part of the price that was paid with the customer's own money and not refunded.
fn base_minor(recorder: &Recorder<'_>, case: &Case<'_>) -> i64 {
    let amounts = case.amounts();
    let own_minor = match recorder.stored.payments.get(&case.index) {
        None => amounts.total,
        Some(payment) => payment.legs.iter().filter(|leg| is_own(recorder, leg)).map(Leg::kept_minor).sum(),
    };
    loyalty::base_minor(amounts.price, amounts.total, own_minor)
}

fn is_own(recorder: &Recorder<'_>, leg: &Leg) -> bool {
    let card = card_of(leg).and_then(|id| recorder.place_of(id));
    card.is_none_or(|place| recorder.card(place).kind == CardKind::Platform)
}

/// The tiers as the schema seeds them for these currencies.
fn ladder(currency: Currency) -> [LoyaltyTier; 3] {
    [("Stalls", 0, 200), ("Circle", 100_000, 300), ("Box", 500_000, 500)].map(|(name, from_minor, basis_points)| {
        LoyaltyTier {
            name: name.to_owned(),
            from: Money::new(from_minor, currency),
            basis_points,
            months_valid: Some(12),
        }
    })
}
