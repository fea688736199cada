//! What completed bookings earn, and what of that goes with refunds.

use bookings::{BookingEvent, Change, Status};
use database::Tx;
use database::facts::{Consumer, Fact};
use gift_cards::loyalty::{self, LoyaltyAward};
use gift_cards::{CardCommand, CardKind, LastDay, NewCard, awards, commands, queries, templates};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{Actor, BookingId, ChargebackId, Instant, Money};
use payments::{Leg, Payment, PaymentMethod};
use serde::{Deserialize, Serialize};
use site::Services;
use uuid::Uuid;

use super::carry_out;
use crate::WorkflowError;
use crate::lanes;
use crate::payment::card_of;

/// The consumer that has earnings settled when a booking is completed or refunded.
pub(crate) struct LoyaltyFromFacts;

impl Consumer for LoyaltyFromFacts {
    type Context = Services;
    type Event = BookingEvent;
    type Error = WorkflowError;
    const NAME: &'static str = "loyalty";

    async fn consume(site: &Services, tx: &mut Tx, fact: &Fact, event: BookingEvent) -> Result<(), WorkflowError> {
        let is_completed = matches!(event.change, Change::Completed | Change::RuledForTalent);
        if is_completed || matches!(event.change, Change::Refunded { .. }) {
            let (now, job) = (site.clock.now(), SettleLoyalty { booking: event.booking, why: fact.id.0, is_completed });
            jobs::enqueue(tx, &*site.chance, now, &job, now).await?;
        }
        Ok(())
    }
}

/// The job that brings what a booking has earned in line with what was paid for it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettleLoyalty {
    booking: BookingId,
    /// The fact or chargeback that caused this job; each causes one.
    why: Uuid,
    /// It was completed, and earns; otherwise it was paid back, and loses what it has earned.
    is_completed: bool,
}

impl SettleLoyalty {
    /// The job after a bank took back what was paid for a booking.
    pub(crate) const fn after_loss(booking: BookingId, chargeback: ChargebackId) -> Self {
        Self { booking, why: chargeback.0, is_completed: false }
    }
}

impl Job for SettleLoyalty {
    type Context = Services;
    const KIND: &'static str = "settle_loyalty";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        self.why.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(settle(site, self.booking, self.is_completed).await?)
    }
}

async fn settle(site: &Services, id: BookingId, is_completed: bool) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    // The booking's lock makes two jobs of one booking take turns.
    let booking = bookings::commands::lock(&mut tx, id).await?;
    let Some(payment) = payments::queries::payment_of(&mut tx, id).await? else { return Ok(()) };
    let own_minor = own_minor(&mut tx, &payment).await?;
    let (price, total) = (booking.terms.price, booking.terms.total());
    let base = Money::new(loyalty::base_minor(price.amount_minor, total.amount_minor, own_minor), price.currency);
    match awards::lock(&mut tx, id).await? {
        Some(award) => take_back(site, &mut tx, award, base).await?,
        None if is_completed && booking.status == Status::Completed => award(site, &mut tx, &booking, base).await?,
        None => return Ok(()),
    }
    Ok(tx.commit().await?)
}

/// What was paid with one's own money and neither refunded nor taken back by a bank. Credit counts: it comes from
/// refunds and from cards that can become it.
async fn own_minor(tx: &mut Tx, payment: &Payment) -> Result<i64, WorkflowError> {
    let ids: Vec<_> = payment.legs.iter().filter_map(card_of).collect();
    let cards = queries::cards_by_id(tx, &ids).await?;
    let is_own = |leg: &Leg| match leg.method {
        PaymentMethod::GiftCard => {
            card_of(leg).and_then(|id| cards.get(&id)).is_some_and(|seen| seen.card.kind == CardKind::Platform)
        }
        _ => true,
    };
    let own = payment.legs.iter().filter(|leg| is_own(leg));
    Ok(own.map(|leg| payment.undisputed_minor(leg).min(leg.applied_minor())).sum())
}

/// Gives the customer of a completed booking a card with what it earns.
async fn award(site: &Services, tx: &mut Tx, booking: &bookings::Booking, base: Money) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let ladder = queries::ladder(tx, base.currency, now).await?;
    let year = awards::year(tx, booking.customer, base.currency, now).await?;
    let year = Money::new(year.amount_minor + base.amount_minor, base.currency);
    let Some(standing) = loyalty::standing(&ladder, year) else { return Ok(()) };
    let tier = standing.tier;
    let earned_minor = loyalty::earned_minor(base.amount_minor, tier.basis_points);
    let zone = booking.customer_time_zone.parse().unwrap_or(chrono_tz::UTC);
    let new = NewCard {
        kind: CardKind::Loyalty,
        value: Money::new(earned_minor, base.currency),
        buyer: None,
        holder: Some(booking.customer),
        is_scheduled: false,
        last_day: tier.months_valid.and_then(|months| LastDay::months_after(now, months, zone)),
        batch: None,
        replaces: None,
        source: templates::source(CardKind::Loyalty),
        refund_of: None,
    };
    let card = match earned_minor {
        0 => None,
        _ => commands::issue(tx, &*site.chance, &site.gift_codes, now, &[new], Actor::SYSTEM, None).await?.pop(),
    };
    let award = LoyaltyAward {
        booking: booking.id,
        person: booking.customer,
        base,
        basis_points: tier.basis_points,
        earned_minor,
        lost_minor: 0,
        card: card.map(|issued| issued.card.id),
        awarded_at: now,
    };
    Ok(awards::save(tx, &award).await?)
}

/// Takes back what was earned by money that was refunded since, as far as it is unspent.
async fn take_back(site: &Services, tx: &mut Tx, mut award: LoyaltyAward, base: Money) -> Result<(), WorkflowError> {
    let excess_minor = award.excess_minor(base.amount_minor);
    award.base.amount_minor = award.base.amount_minor.min(base.amount_minor);
    award.lost_minor += excess_minor;
    if let Some(card) = award.card.filter(|_| excess_minor > 0) {
        let mut card = commands::lock(tx, card).await?;
        let amount = Money::new(excess_minor.min(card.balance.amount_minor), base.currency);
        if amount.amount_minor > 0 {
            let command = CardCommand::Unearn { booking: award.booking, amount };
            carry_out(site, tx, &mut card, command, Actor::SYSTEM, None).await?;
        }
    }
    Ok(awards::save(tx, &award).await?)
}
