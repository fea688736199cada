//! Random lives of cards: any command at any moment, in several currencies, with the books kept beside them. Whatever is refused changes
//! nothing, and after each step every rule of the books holds. `CARD_LIVES` says how many lives (100,000 in the long form);
//! a failure names the seed that repeats it (`CARD_LIFE`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use kernel::{Chance as _, Currency, GiftCardId, PersonId, RefundId, SeededChance};

use super::*;
use crate::card::{CardKind, LastDay};

const CURRENCIES: [Currency; 3] = [Currency::Usd, Currency::Jpy, Currency::Kwd];
const STEPS: usize = 24;
const ESCROW: Account = Account { kind: "booking_escrow", owner: Uuid::from_u128(7) };

/// A life: cards, the books, and what was promised meanwhile.
struct Life {
    chance: SeededChance,
    now: Instant,
    cards: Vec<GiftCard>,
    /// By kind of account, owner and currency; what is owed is negative.
    books: BTreeMap<(&'static str, Uuid, &'static str), i64>,
    transfers: BTreeSet<Uuid>,
    /// The last number in the history of each card.
    numbers: BTreeMap<Uuid, i64>,
    /// Legs with what is set aside or was spent for them, by card.
    held: Vec<(GiftCardId, LegId, Money)>,
    spent: Vec<(GiftCardId, LegId, Money)>,
    /// What a bank has, by card.
    lost: BTreeMap<Uuid, Money>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let now = "2026-12-01T12:00:00Z".parse().expect("a time");
        let mut life = Self {
            chance: SeededChance::new(seed),
            now,
            cards: Vec::new(),
            books: BTreeMap::new(),
            transfers: BTreeSet::new(),
            numbers: BTreeMap::new(),
            held: Vec::new(),
            spent: Vec::new(),
            lost: BTreeMap::new(),
        };
        let currency = life.pick(&CURRENCIES);
        for _ in 0..3 {
            life.issue(currency);
        }
        life
    }

    fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.chance.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % bound as u64).expect("it is below the bound")
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len());
        all[place]
    }

    fn issue(&mut self, currency: Currency) {
        let kind = self.pick(&[CardKind::Platform, CardKind::Promotional, CardKind::Loyalty, CardKind::Goodwill]);
        let value = Money::new(1 + i64::try_from(self.below(500)).expect("small"), currency);
        let day = (self.now + TimeDelta::days(2)).date_naive();
        let last_day = if self.below(2) == 0 { LastDay::new(day, chrono_tz::Tz::Asia__Kolkata) } else { None };
        let holder = (self.below(3) > 0).then_some(PersonId(Uuid::from_u128(1)));
        let state = if self.below(5) == 0 && holder.is_none() { CardState::Scheduled } else { CardState::Active };
        let id = GiftCardId(self.chance.uuid(self.now));
        self.cards.push(GiftCard {
            id,
            kind,
            state,
            issued: value,
            balance: value,
            buyer: None,
            holder,
            is_offered: false,
            last_day,
            batch: None,
            replaces: None,
            version: 1,
            created_at: self.now,
        });
        self.numbers.insert(id.0, 1);
        let (from, to) = (templates::source(kind), templates::card(id));
        self.post(&templates::movement("gift_card_issued", id, id.0, from, to, value, None).expect("it balances"));
    }

    fn post(&mut self, transfer: &Transfer) {
        assert!(self.transfers.insert(transfer.id()), "a transfer was posted twice: {transfer:?}");
        for posting in transfer.postings() {
            let key = (posting.account.kind, posting.account.owner, posting.amount.currency.code());
            *self.books.entry(key).or_default() += posting.amount.amount_minor;
        }
    }

    fn amount(&mut self, currency: Currency) -> Money {
        // Also nothing, less than nothing and too much.
        Money::new(i64::try_from(self.below(320)).expect("small") - 5, currency)
    }

    /// A command that fits the card's place, though not always its state.
    fn command(&mut self, place: usize) -> CardCommand {
        let card = self.cards[place].clone();
        let leg = LegId(self.chance.uuid(self.now));
        let amount = self.amount(card.balance.currency);
        let friend = PersonId(Uuid::from_u128(2));
        let (held, spent) = (self.part_of(place, true), self.part_of(place, false));
        match (self.below(12), held, spent) {
            (0, ..) => CardCommand::Deliver,
            (1, ..) => CardCommand::Claim { by: friend },
            (2 | 3, ..) => CardCommand::Hold { leg, amount },
            (4, Some((leg, amount)), _) => CardCommand::Release { leg, amount },
            (5, Some((leg, amount)), _) => CardCommand::Spend { leg, amount, to: ESCROW },
            (6, _, Some((leg, amount))) => {
                CardCommand::Refund { refund: RefundId(self.chance.uuid(self.now)), leg, amount, from: ESCROW }
            }
            (7, ..) => CardCommand::Redeem { id: leg.0, amount },
            (8, ..) => CardCommand::Freeze,
            (9, ..) => CardCommand::Unfreeze,
            (10 | 11, ..) if self.lost.contains_key(&card.id.0) => {
                CardCommand::Restore { from: ESCROW, amount: self.lost[&card.id.0] }
            }
            (11, ..) if card.state == CardState::Frozen => CardCommand::ChargeBack { to: ESCROW, amount },
            (10, ..) => CardCommand::Unearn { booking: kernel::BookingId(leg.0), amount },
            (11, ..) if self.below(3) == 0 => CardCommand::PayBack { to: ESCROW, amount },
            (11, ..) if self.below(4) == 0 => CardCommand::Reclaim { to: ESCROW },
            _ => CardCommand::Expire,
        }
    }

    /// What is set aside of a card, or was spent, for one leg.
    fn part_of(&mut self, place: usize, is_held: bool) -> Option<(LegId, Money)> {
        let (id, parts) = (self.cards[place].id, if is_held { &self.held } else { &self.spent });
        let found = parts.iter().find(|(card, ..)| *card == id)?;
        Some((found.1, found.2))
    }

    fn step(&mut self) {
        let place = self.below(self.cards.len());
        let command = self.command(place);
        let hours = i64::try_from(self.below(6)).expect("small");
        self.now += TimeDelta::hours(hours);
        let (mut changes, mut card) = (CardChanges::default(), self.cards[place].clone());
        if changes.carry_out(&mut card, command, Actor::SYSTEM, None, self.now).is_err() {
            assert_eq!(card, self.cards[place], "{command:?} was refused and changed the card");
            assert!(changes.is_empty(), "{command:?} was refused and moved value");
            return;
        }
        for (changed, entry) in &changes.changed {
            let number = self.numbers.entry(changed.id.0).or_default();
            *number += 1;
            assert_eq!((entry.number, entry.balance), (*number, changed.balance), "{command:?}");
        }
        for transfer in &changes.transfers {
            self.post(transfer);
        }
        let id = card.id;
        match command {
            CardCommand::Hold { leg, amount } => self.held.push((id, leg, amount)),
            CardCommand::Release { leg, .. } => self.held.retain(|(_, held, _)| *held != leg),
            CardCommand::Spend { leg, .. } => {
                let at = self.held.iter().position(|(_, held, _)| *held == leg).expect("it was held");
                let part = self.held.remove(at);
                self.spent.push(part);
            }
            CardCommand::ChargeBack { amount, .. } => drop(self.lost.insert(id.0, amount)),
            CardCommand::Restore { .. } => drop(self.lost.remove(&id.0)),
            CardCommand::Refund { leg, .. } => self.spent.retain(|(_, spent, _)| *spent != leg),
            _ => {}
        }
        self.cards[place] = card;
        self.check(command);
    }

    /// What is owed in an account: never less than nothing on a card or set aside of one.
    fn owed(&self, account: Account, currency: Currency) -> i64 {
        -self.books.get(&(account.kind, account.owner, currency.code())).copied().unwrap_or(0)
    }

    fn check(&self, command: CardCommand) {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for ((_, _, currency), minor) in &self.books {
            *sums.entry(currency).or_default() += minor;
        }
        assert!(sums.values().all(|sum| *sum == 0), "{command:?}: the books are off: {sums:?}");
        for card in &self.cards {
            let currency = card.balance.currency;
            assert_eq!(self.owed(templates::card(card.id), currency), card.balance.amount_minor, "{command:?}");
            assert!(card.balance.amount_minor >= 0, "{command:?}: {card:?}");
            let promised = self.held.iter().filter(|(id, ..)| *id == card.id).map(|(.., held)| held.amount_minor);
            assert_eq!(self.owed(templates::card_hold(card.id), currency), promised.sum::<i64>(), "{command:?}");
            assert!(card.balance.amount_minor <= card.issued.amount_minor, "{command:?} made value: {card:?}");
        }
    }
}

#[test]
fn no_life_of_a_card_makes_or_loses_value() {
    let read = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, count) = match read("CARD_LIFE") {
        Some(seed) => (seed, 1),
        None => (0, read("CARD_LIVES").unwrap_or(3_000)),
    };
    for seed in first..first + count {
        let lived = std::panic::catch_unwind(|| {
            let mut life = Life::new(seed);
            for _ in 0..STEPS {
                life.step();
            }
        });
        assert!(lived.is_ok(), "the life of seed {seed} breaks a rule: CARD_LIFE={seed} repeats it");
    }
}
