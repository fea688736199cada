//! What completed bookings earn, and what of that goes with refunds.

use std::collections::BTreeMap;

use bookings::{BookingEvent, Change, Status};
use database::Tx;
use database::facts::{Consumer, Fact};
use gift_cards::loyalty::{self, LoyaltyAward};
use gift_cards::{CardChanges, CardKind, LastDay, NewCard, SeenCard, awards, commands, queries, templates};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::{Actor, BookingId, ChargebackId, Instant, Money};
use payments::{Leg, Payment, PaymentMethod};
use serde::{Deserialize, Serialize};
use site::Services;
use uuid::Uuid;

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

/// What was paid with one's own money and neither refunded nor taken back by a bank. Credit counts as far as it was not given to them.
async fn own_minor(tx: &mut Tx, payment: &Payment) -> Result<i64, WorkflowError> {
    let ids: Vec<_> = payment.legs.iter().filter_map(card_of).collect();
    let cards = queries::cards_by_id(tx, &ids).await?;
    let given = match payment.legs.iter().any(|leg| leg.method == PaymentMethod::Credit) {
        true => queries::given_credit(tx, payment.intent.customer, payment.intent.due.currency).await?,
        false => BTreeMap::new(),
    };
    let is_bought = |id| cards.get(&id).is_some_and(|seen: &SeenCard| seen.card.kind == CardKind::Platform);
    let own_minor = |leg: &Leg| {
        let paid_minor = payment.undisputed_minor(leg).min(leg.applied_minor());
        match card_of(leg) {
            Some(id) if !is_bought(id) => 0,
            _ => (paid_minor - given.get(&leg.id).copied().unwrap_or(0)).max(0),
        }
    };
    Ok(payment.legs.iter().map(own_minor).sum())
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

/// Takes back what was earned by money that was refunded since, as far as it is unspent; the rest when it comes back.
async fn take_back(site: &Services, tx: &mut Tx, mut award: LoyaltyAward, base: Money) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    award.lessen(base);
    if let Some(card) = award.card.filter(|_| award.owed_minor() > 0) {
        let mut card = commands::lock(tx, card).await?;
        let mut changes = CardChanges::default();
        awards::take_owed(&mut changes, &mut award, &mut card, now)?;
        if !changes.is_empty() {
            commands::save(tx, &*site.chance, now, &changes).await?;
        }
    }
    Ok(awards::save(tx, &award).await?)
}
