//! Random histories of payments: legs of every kind in several currencies, a provider whose answers come, come late or are lost, banks that
//! take money back and lose their disputes, refunds and our staff. After each step every rule holds, and after the last one, when all
//! answers have come, our books say what the provider says. `PAYMENT_HISTORIES` says how many (100,000 in the long form); a failure names
//! the seed that repeats it (`PAYMENT_HISTORY`).

use chrono::TimeDelta;
use kernel::{Chance as _, Currency, PersonId, SeededChance};
use uuid::Uuid;

use super::*;
use crate::{NewLeg, PaymentMethod, RefundReason, RefundState};

mod books;
mod provider;
mod rules;

use books::Books;
use provider::Provider;
use rules::{Subject, check, new_intent, owe_kept};

const CURRENCIES: [Currency; 3] = [Currency::Usd, Currency::Jpy, Currency::Kwd];
const STEPS: usize = 40;
/// A history: the payment, and everything around it.
struct History {
    chance: SeededChance,
    now: Instant,
    payment: Payment,
    subject: Subject,
    provider: Provider,
    books: Books,
    /// Words of the provider that have not come yet.
    late: Vec<(LegId, LegUpdate)>,
    /// Disputes that we have not heard of.
    unheard: Vec<(LegId, Money)>,
}

impl History {
    fn new(seed: u64) -> Self {
        let chance = SeededChance::new(seed);
        let now: Instant = "2026-12-01T12:00:00Z".parse().expect("a time");
        let mut history = Self {
            payment: Payment::fresh(&chance, now, new_intent(now, Money::new(1, Currency::Usd))),
            chance,
            now,
            subject: Subject::Awaited,
            provider: Provider::default(),
            books: Books::default(),
            late: Vec::new(),
            unheard: Vec::new(),
        };
        let due = Money::new(1 + history.minor(3_000), history.pick(&CURRENCIES));
        history.payment = Payment::fresh(&history.chance, now, new_intent(now, due));
        history
    }

    fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.chance.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % bound as u64).expect("it is below the bound")
    }

    fn minor(&self, bound: usize) -> i64 {
        i64::try_from(self.below(bound)).expect("small")
    }

    fn pick<T: Copy>(&self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn some_leg(&self) -> Option<Leg> {
        let legs = &self.payment.legs;
        (!legs.is_empty()).then(|| legs[self.below(legs.len())].clone())
    }

    fn of_due(&self, minor: i64) -> Money {
        Money::new(minor, self.payment.intent.due.currency)
    }

    /// One transaction: what is refused changes nothing; the rest is saved, and what is given up gives back what it held.
    fn transact(&mut self, act: impl FnOnce(&mut PaymentChanges, &SeededChance, Instant) -> Result<(), PaymentsError>) {
        let mut changes = PaymentChanges::of(self.payment.clone());
        if act(&mut changes, &self.chance, self.now).is_err() {
            return;
        }
        for leg in changes.release_held().expect("they are its legs") {
            self.books.release(&leg);
        }
        for leg in changes.given_up.clone() {
            // A job does that, soon or late.
            if self.below(2) == 0 {
                self.provider.cancel(leg);
            }
        }
        changes.transfers.iter().for_each(|transfer| self.books.post(transfer));
        self.payment = changes.into_payment();
    }

    fn step(&mut self) {
        self.now += TimeDelta::minutes(self.minor(20));
        match self.below(17) {
            0..=2 => self.open(),
            3..=5 => self.provider_acts(),
            6..=8 => self.hear(),
            9 => self.withdraw_or_find_missing(),
            10 => self.call_off(),
            11 | 12 => self.pay_back(),
            13 => self.dispute(),
            14 => self.look_after_cases(),
            15 => self.win(),
            _ => self.grant(),
        }
        if self.now >= self.payment.intent.pay_by && self.subject == Subject::Awaited && self.below(2) == 0 {
            self.lapse();
        }
        check(&self.payment, &self.provider, &self.books);
    }

    /// Another leg, for all that is left or a part of it.
    fn open(&mut self) {
        use PaymentMethod::{Card, Credit, Crypto, GiftCard};
        let method = self.pick(&[Card, Card, Card, Crypto, GiftCard, GiftCard, Credit]);
        let part = Money::new(1 + self.minor(1_500), self.payment.intent.due.currency);
        let amount = (self.below(3) > 0 && method != Card).then_some(part);
        // As the database: one open leg of a provider at a time.
        if self.payment.open_legs().any(Leg::is_under_way) {
            return;
        }
        let stored = (method == GiftCard).then(|| self.chance.uuid(self.now));
        let new = NewLeg { method, provider: "sandbox", stored, amount, attempt: None };
        let Ok(leg) = self.payment.next_leg(&self.chance, self.now, new) else { return };
        if method.is_stored() {
            self.books.hold(&leg);
        } else {
            let is_alone = self.payment.held_legs().next().is_none();
            self.provider.expect(&leg, is_alone || method == Crypto);
        }
        self.payment.legs.push(leg);
    }

    /// A charge arrives, or goes on, at the provider; its word comes now, later or never.
    fn provider_acts(&mut self) {
        let Some(leg) = self.some_leg().filter(|leg| !leg.method.is_stored()) else { return };
        let dice = [self.below(12), self.below(40), self.below(1_500)];
        self.provider.act(&leg, dice);
        self.say(leg.id);
    }

    fn say(&mut self, leg: LegId) {
        for word in self.provider.words(leg) {
            match self.below(5) {
                0 => {}
                1 => self.late.push((leg, word)),
                _ => self.record(leg, word),
            }
        }
    }

    /// The provider is asked about a leg, or a late word comes.
    fn hear(&mut self) {
        if self.below(3) == 0 && !self.late.is_empty() {
            let (leg, word) = self.late.remove(self.below(self.late.len()));
            return self.record(leg, word);
        }
        let Some(leg) = self.some_leg().filter(|leg| !leg.method.is_stored()) else { return };
        self.say(leg.id);
        let leg = self.payment.leg(leg.id).expect("is there").clone();
        if leg.is_authorised() {
            self.capture(&leg);
        }
    }

    /// What is set aside is captured where that completes the price, and given back where nobody waits for it.
    fn capture(&mut self, leg: &Leg) {
        if !leg.is_under_way() {
            self.provider.cancel(leg.id);
        } else if self.payment.is_completed_by(leg) {
            self.provider.capture(leg, self.below(8) > 0);
        }
        self.say(leg.id);
    }

    /// As a workflow records a word: the price may be covered by it, and the booking confirmed or lost.
    fn record(&mut self, leg: LegId, word: LegUpdate) {
        let (mut subject, is_free, mut taken) = (self.subject, self.below(8) > 0, Vec::new());
        self.transact(|changes, chance, now| {
            let counts =
                changes.record_result(chance, now, leg, Some(leg.to_string()), word, subject == Subject::Awaited)?;
            if counts && changes.payment().missing_minor() <= 0 {
                if is_free {
                    if changes.payment().uncovered_minor() > 0 {
                        taken = changes.take_held(chance, now)?;
                    }
                    changes.settle(now);
                    subject = Subject::Confirmed;
                } else {
                    owe_kept(changes, chance, now)?;
                    changes.give_up_open(now);
                    subject = Subject::Over;
                }
            } else if counts && changes.payment().intent.state != IntentState::Open {
                owe_kept(changes, chance, now)?;
            }
            Ok(())
        });
        self.subject = subject;
        taken.iter().for_each(|leg| self.books.take(leg));
    }

    /// The payer takes a part back, or an unknown charge counts as failed.
    fn withdraw_or_find_missing(&mut self) {
        let Some(leg) = self.some_leg() else { return };
        if leg.holds_value() {
            self.transact(|changes, _, now| changes.withdraw(leg.id, now));
        } else if leg.state.is_open() && self.provider.words(leg.id).is_empty() {
            self.record(leg.id, LegUpdate::Failed { code: crate::NO_ANSWER.to_owned() });
        }
    }

    /// The booking is called off: before it was paid all goes back, after that a part, and the rest is shared out.
    fn call_off(&mut self) {
        if self.below(3) > 0 {
            return;
        }
        match self.subject {
            Subject::Awaited => self.lapse(),
            Subject::Confirmed => {
                let due = self.payment.intent.due;
                let back = due.amount_minor * self.minor(5) / 4;
                let kept: Vec<LegId> =
                    if self.below(2) == 0 { self.payment.legs.iter().map(|leg| leg.id).collect() } else { Vec::new() };
                let rest = self.of_due(due.amount_minor - back);
                let before = self.payment.intent.state;
                self.transact(|changes, chance, now| match back {
                    0 => Ok(()),
                    _ => changes.owe_refund(
                        chance,
                        now,
                        Money::new(back, due.currency),
                        RefundReason::CancelledByCustomer,
                        &kept,
                    ),
                });
                if back == 0 || self.payment.intent.state != before {
                    self.books.share_out(rest);
                    self.subject = Subject::Over;
                }
            }
            Subject::Over => {}
        }
    }

    fn lapse(&mut self) {
        self.subject = Subject::Over;
        self.transact(|changes, chance, now| {
            changes.close_unpaid(now);
            if changes.payment().kept_minor() > 0 { owe_kept(changes, chance, now) } else { Ok(()) }
        });
    }

    /// A job pays one refund; a provider may refuse it, or its answer is lost.
    fn pay_back(&mut self) {
        let pending: Vec<RefundId> = self.pending();
        if !pending.is_empty() {
            self.pay(pending[self.below(pending.len())], self.below(4) > 0);
        }
    }

    fn pending(&self) -> Vec<RefundId> {
        let pending = self.payment.refunds.iter().filter(|refund| refund.state == RefundState::Pending);
        pending.map(|refund| refund.id).collect()
    }

    fn pay(&mut self, id: RefundId, is_heard: bool) {
        let refund = self.payment.refunds.iter().find(|refund| refund.id == id).expect("is owed").clone();
        let leg = self.payment.leg(refund.leg).expect("is there").clone();
        if refund.is_paid_by_provider(&leg) {
            let is_paid = self.provider.refund(&refund);
            if !is_heard {
                return;
            }
            if !is_paid {
                return self.transact(|changes, chance, now| changes.refuse_refund(chance, now, id).map(drop));
            }
        }
        self.transact(|changes, _, _| changes.finish_refund(id).map(drop));
        if refund.covers.is_none() && !refund.is_paid_by_provider(&leg) {
            self.books.give_back(&refund);
        }
    }

    /// A bank takes back what is left of a charge, or a part of it; we hear of that now or later.
    fn dispute(&mut self) {
        if self.below(3) > 0 {
            return self.hear_of_dispute();
        }
        let Some(leg) = self.some_leg().filter(|leg| leg.method == PaymentMethod::Card) else { return };
        if let Some(amount) = self.provider.dispute(leg.id, self.minor(3)) {
            self.unheard.push((leg.id, amount));
        }
        if self.below(2) == 0 {
            self.hear_of_dispute();
        }
    }

    fn hear_of_dispute(&mut self) {
        let Some((leg, amount)) = self.unheard.pop() else { return };
        let mut case = None;
        self.transact(|changes, chance, now| {
            let chargeback = books::case(chance, now, leg, amount);
            case = Some(chargeback);
            changes.charge_back(chance, now, chargeback)
        });
        self.books.open_case(&case.expect("one was made"));
    }

    /// Something of a case is found elsewhere, or our staff close it.
    fn look_after_cases(&mut self) {
        let open = |one: &&crate::LegChargeback| one.state == crate::ChargebackState::Open;
        let Some(case) = self.payment.chargebacks.iter().find(open).copied() else { return };
        // What became credit is looked for.
        let became_credit =
            |one: &&LegRefund| one.leg == case.leg && one.is_kept && one.state == RefundState::Succeeded;
        let credit: i64 = self.payment.refunds.iter().filter(became_credit).map(|one| one.amount.amount_minor).sum();
        let missing = self.payment.missing_of(&case).min(credit - self.books.found_minor(case.leg));
        let place = self.payment.chargebacks.iter().position(|one| one.id == case.id).expect("is there");
        if self.below(2) == 0 && missing > 0 {
            let found = 1 + self.minor(usize::try_from(missing).expect("small"));
            self.books.find(&case, found);
            self.payment.chargebacks[place].taken_back_minor += found;
        } else {
            self.books.close(&case);
            self.payment.chargebacks[place].state = crate::ChargebackState::Closed;
        }
    }

    /// A bank lets a payment stand after all, whether or not our staff have closed its case.
    fn win(&mut self) {
        let mut disputed = self.payment.chargebacks.iter().filter(|one| !one.is_won);
        let Some(case) = disputed.nth(self.below(3)).copied() else { return };
        self.provider.win(case.leg, case.amount);
        self.books.win(&case);
        self.transact(|changes, chance, now| changes.win_chargeback(chance, now, case.id));
    }

    /// A refund beyond the policy.
    fn grant(&mut self) {
        let amount_minor = 1 + self.minor(800);
        if self.subject != Subject::Over {
            return;
        }
        self.transact(|changes, chance, now| {
            let by = |number| PersonId(Uuid::from_u128(number));
            let asked = crate::RefundRequest::new(changes.payment(), chance, now, amount_minor, "Rain", by(1))?;
            changes.grant(chance, now, &asked, Money::new(0, asked.amount.currency), by(2))
        });
    }

    /// All answers come, all refunds are paid, and all disputes are heard of.
    fn end(&mut self) {
        if self.subject == Subject::Awaited {
            self.lapse();
            check(&self.payment, &self.provider, &self.books);
        }
        for _ in 0..4 {
            for leg in self.payment.legs.clone().iter().filter(|leg| !leg.method.is_stored()) {
                if !leg.is_under_way() || self.payment.intent.state != IntentState::Open {
                    self.provider.cancel(leg.id);
                }
                self.provider.words(leg.id).into_iter().for_each(|word| self.record(leg.id, word));
            }
            while !self.unheard.is_empty() {
                self.hear_of_dispute();
            }
            self.pending().into_iter().for_each(|id| self.pay(id, true));
            check(&self.payment, &self.provider, &self.books);
        }
        assert_eq!(self.pending(), [], "what is owed is paid or makes a loss good: {:?}", self.payment);
        self.provider.check_against(&self.books);
        self.books.check_at_the_end(&self.payment, self.subject == Subject::Confirmed);
    }
}

#[test]
fn no_history_of_a_payment_makes_or_loses_money() {
    let read = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, count) = match read("PAYMENT_HISTORY") {
        Some(seed) => (seed, 1),
        None => (0, read("PAYMENT_HISTORIES").unwrap_or(2_000)),
    };
    for seed in first..first + count {
        let passed = std::panic::catch_unwind(|| {
            let mut history = History::new(seed);
            for _ in 0..STEPS {
                history.step();
            }
            history.end();
        });
        assert!(passed.is_ok(), "the history of seed {seed} breaks a rule: PAYMENT_HISTORY={seed} repeats it");
    }
}
