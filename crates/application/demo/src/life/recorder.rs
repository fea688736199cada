//! Writes down what happens, and knows what everybody has at the moment.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Timelike as _};
use gift_cards::loyalty::LoyaltyAward;
use gift_cards::{
    CardChanges, CardCommand, CardEntry, CardState, CardTransfer, CreditCommand, EntryKind, GiftCard, NewCard, credit,
};
use kernel::{Actor, Chance as _, Currency, GiftCardId, Instant, LegId, Money, PersonId, SeededChance};
use ledger::Transfer;

use super::happening::{CardPlan, CardStep, Happening};
use crate::generate::World;
use crate::generate::crowd::DemoPerson;
use crate::generate::stored::{CardLife, StoredValue};

/// A year, a month, and a currency.
type GoodwillMonth = (i32, u32, Currency);

/// What was bought, spent and given so far, and what is to happen.
pub struct Recorder<'world> {
    pub world: &'world World,
    pub chance: SeededChance,
    pub stored: StoredValue,
    queue: BTreeMap<(Instant, u64), Happening>,
    queued: u64,
    by_id: HashMap<GiftCardId, usize>,
    /// The index of a card in the list of those that were sent.
    sent: HashMap<GiftCardId, usize>,
    /// The cards that somebody has in a currency.
    wallets: HashMap<(PersonId, Currency), Vec<usize>>,
    credit: HashMap<(PersonId, Currency), i64>,
    /// What is set aside of each card.
    held: HashMap<usize, i64>,
    /// The deals that earned somebody something in a currency.
    awards: HashMap<(PersonId, Currency), Vec<u64>>,
    /// The deals whose payment is lived through.
    pub lived: HashSet<u64>,
    /// Goodwill cards of a month and currency that are still to be issued, with what becomes of each.
    pub goodwill: BTreeMap<GoodwillMonth, Vec<CardPlan>>,
}

impl<'world> Recorder<'world> {
    pub fn new(world: &'world World) -> Self {
        Self {
            world,
            chance: SeededChance::new(world.seed),
            stored: StoredValue::default(),
            queue: BTreeMap::new(),
            queued: 0,
            by_id: HashMap::new(),
            sent: HashMap::new(),
            wallets: HashMap::new(),
            credit: HashMap::new(),
            held: HashMap::new(),
            awards: HashMap::new(),
            lived: HashSet::new(),
            goodwill: BTreeMap::new(),
        }
    }

    /// Schedules something, which must not lie before the moment that is lived through just now. After the world's present nothing happens.
    pub fn later(&mut self, at: Instant, happening: Happening) {
        if at <= self.world.now {
            self.queued += 1;
            self.queue.insert((at, self.queued), happening);
        }
    }

    /// What happens next.
    pub fn next(&mut self) -> Option<(Instant, Happening)> {
        self.queue.pop_first().map(|((at, _), happening)| (at, happening))
    }

    pub fn finish(self) -> StoredValue {
        self.stored
    }

    pub fn card(&self, place: usize) -> &GiftCard {
        &self.stored.cards[place].card
    }

    pub fn place_of(&self, id: GiftCardId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Writes down that a card was sent.
    pub fn note_sent(&mut self, transfer: CardTransfer) {
        self.sent.insert(transfer.card, self.stored.sent.len());
        self.stored.sent.push(transfer);
    }

    /// How a card was sent, if it was.
    pub fn transfer_of(&mut self, card: GiftCardId) -> Option<&mut CardTransfer> {
        self.sent.get(&card).map(|place| &mut self.stored.sent[*place])
    }

    /// The address and name of a customer.
    pub fn customer(&self, index: u32) -> &'world DemoPerson {
        &self.world.crowd.customers[index as usize]
    }

    /// The first customer from `index` on who had joined by `at`. The demo customer, who is there from the start, only if nobody else had.
    pub fn there_by(&self, at: Instant, index: u32) -> u32 {
        let count = self.world.crowd.customers.len() as u32;
        let all = (0..count).map(|step| (index + step) % count);
        all.filter(|other| *other != 0).find(|other| self.customer(*other).joined < at).unwrap_or(0)
    }

    /// Issues a card with its value, and returns its place.
    pub fn issue(&mut self, new: &NewCard, actor: Actor, reason: Option<&str>, at: Instant) -> usize {
        let id = GiftCardId::new(&self.chance, at);
        let place = self.put(new, id, actor, reason, at);
        let funding = new.funding(id).expect("one amount is taken and given");
        self.post(at, funding);
        place
    }

    /// Writes down a new card whose value another step moves.
    pub fn put(&mut self, new: &NewCard, id: GiftCardId, actor: Actor, reason: Option<&str>, at: Instant) -> usize {
        let place = self.stored.cards.len();
        let card = new.card(id, at);
        let entry = CardEntry {
            number: 1,
            kind: EntryKind::Issued,
            change: card.issued,
            balance: card.issued,
            about: card.replaces.map(|id| id.0).or(card.batch.map(|id| id.0)),
            reason: reason.map(str::to_owned),
            actor,
            at,
        };
        let codes = if card.holder.is_none() { vec![(at, None)] } else { vec![] };
        self.by_id.insert(id, place);
        if let Some(holder) = card.holder {
            self.wallets.entry((holder, card.issued.currency)).or_default().push(place);
        }
        if let Some(last) = card.last_day {
            self.later(next_hour(last.ends_at), Happening::Card(place, CardStep::Expire));
        }
        self.stored.cards.push(CardLife { card, entries: vec![entry], codes });
        place
    }

    /// Carries out a command, with all that follows from it. `None` where the domain refuses it, and nothing happens.
    pub fn step(
        &mut self,
        place: usize,
        command: CardCommand,
        actor: Actor,
        reason: Option<&str>,
        at: Instant,
    ) -> Option<()> {
        let mut card = self.card(place).clone();
        let mut changes = CardChanges::default();
        changes.carry_out(&mut card, command, actor, reason.map(str::to_owned), at).ok()?;
        match command {
            CardCommand::Hold { amount, .. } => *self.held.entry(place).or_default() += amount.amount_minor,
            CardCommand::Spend { amount, .. } | CardCommand::Release { amount, .. } => {
                *self.held.entry(place).or_default() -= amount.amount_minor;
            }
            CardCommand::Claim { by } => {
                self.wallets.entry((by, card.issued.currency)).or_default().push(place);
            }
            CardCommand::Redeem { amount, .. } => {
                let holder = card.holder.expect("only a holder has credit");
                *self.credit.entry((holder, amount.currency)).or_default() += amount.amount_minor;
            }
            _ => {}
        }
        let (steps, transfers) = changes.into_parts();
        let life = &mut self.stored.cards[place];
        for (after, entry) in steps {
            if entry.kind.ends_code(after.state) {
                life.codes.iter_mut().for_each(|(_, ended)| *ended = ended.or(Some(at)));
            }
            life.card = after;
            life.entries.push(entry);
        }
        self.post(at, transfers);
        Some(())
    }

    /// Ends a code, and gives the card another one.
    pub fn renew_code(&mut self, place: usize, at: Instant) {
        let codes = &mut self.stored.cards[place].codes;
        codes.iter_mut().for_each(|(_, ended)| *ended = ended.or(Some(at)));
        codes.push((at, None));
    }

    /// What is set aside of a card.
    pub fn held(&self, place: usize) -> Money {
        let minor = self.held.get(&place).copied().unwrap_or(0);
        Money::new(minor, self.card(place).issued.currency)
    }

    /// The cards that somebody may pay with, in the order of use: those that nobody paid for before bought ones, and of each the one that
    /// ends soonest first.
    pub fn spendable(&self, payer: PersonId, currency: Currency, at: Instant) -> Vec<usize> {
        let cards = self.wallets.get(&(payer, currency)).into_iter().flatten().copied();
        let mut places: Vec<usize> = cards
            .filter(|place| {
                let card = self.card(*place);
                let is_there = card.state == CardState::Active && !card.is_offered && !card.has_expired(at);
                is_there && card.holder == Some(payer) && card.balance.amount_minor > 0
            })
            .collect();
        places.sort_by_key(|place| {
            let card = self.card(*place);
            (
                card.kind.is_paid_for(),
                card.last_day.map_or(DateTime::<chrono::Utc>::MAX_UTC, |last| last.ends_at),
                *place,
            )
        });
        places
    }

    pub fn credit_of(&self, person: PersonId, currency: Currency) -> i64 {
        self.credit.get(&(person, currency)).copied().unwrap_or(0)
    }

    /// Writes down what a deal has earned.
    pub fn note_award(&mut self, deal: u64, award: LoyaltyAward) {
        self.awards.entry((award.person, award.base.currency)).or_default().push(deal);
        self.stored.awards.insert(deal, award);
    }

    /// The sum of the bookings that have earned somebody something since `since`, as loyalty counts them.
    pub fn year_of(&self, person: PersonId, currency: Currency, since: Instant) -> i64 {
        let deals = self.awards.get(&(person, currency)).into_iter().flatten();
        let awards = deals.filter_map(|deal| self.stored.awards.get(deal));
        awards.filter(|award| award.awarded_at > since).map(|award| award.base.amount_minor).sum()
    }

    /// Moves somebody's credit.
    pub fn move_credit(&mut self, person: PersonId, leg: LegId, amount: Money, command: CreditCommand, at: Instant) {
        let minor = match command {
            CreditCommand::Hold | CreditCommand::ChargeBack { .. } => -amount.amount_minor,
            CreditCommand::Spend { .. } => 0,
            CreditCommand::Release
            | CreditCommand::Refund { .. }
            | CreditCommand::Keep { .. }
            | CreditCommand::Restore { .. } => amount.amount_minor,
        };
        *self.credit.entry((person, amount.currency)).or_default() += minor;
        let transfer = credit::movement(person, leg, amount, command).expect("one amount is taken and given");
        self.post(at, [transfer]);
    }

    pub fn post(&mut self, at: Instant, transfers: impl IntoIterator<Item = Transfer>) {
        self.stored.transfers.extend(transfers.into_iter().map(|transfer| (at, transfer)));
    }

    /// A new id of something that begins at `at`.
    pub fn fresh_id(&self, at: Instant) -> uuid::Uuid {
        self.chance.uuid(at)
    }
}

/// When the hourly job comes by.
fn next_hour(at: Instant) -> Instant {
    let begun = TimeDelta::seconds(i64::from(at.minute() * 60 + at.second()));
    at - begun + TimeDelta::hours(1) + TimeDelta::seconds(2)
}
