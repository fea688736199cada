//! The books beside a payment, with what others post: value that is set aside and given back, shares of a price, and cases.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ChargebackId, Currency, Instant, LegId, Money, SeededChance};
use ledger::Transfer;
use uuid::Uuid;

use crate::{ChargebackState, Leg, LegChargeback, LegRefund, Payment};

/// The id of everything that is paid for here: one history is one booking.
pub const BOOKING: u128 = 7;

/// A case of a dispute that was just heard of.
pub fn case(chance: &SeededChance, now: Instant, leg: LegId, amount: Money) -> LegChargeback {
    LegChargeback {
        id: ChargebackId::new(chance, now),
        leg,
        amount,
        taken_back_minor: 0,
        state: ChargebackState::Open,
        is_won: false,
    }
}

/// Balances by kind and owner, and currency; debits are positive.
#[derive(Debug, Default)]
pub struct Books {
    balances: BTreeMap<(&'static str, Uuid, &'static str), i64>,
    transfers: BTreeSet<Uuid>,
    /// What was taken back of credit that refunds of a leg became, for a case.
    found: Vec<(LegId, ChargebackId, i64)>,
}

impl Books {
    pub fn post(&mut self, transfer: &Transfer) {
        assert!(self.transfers.insert(transfer.id()), "posted twice: {transfer:?}");
        for posting in transfer.postings() {
            self.add((posting.account.kind, posting.account.owner), posting.amount);
        }
    }

    fn add(&mut self, (kind, owner): (&'static str, Uuid), amount: Money) {
        *self.balances.entry((kind, owner, amount.currency.code())).or_default() += amount.amount_minor;
    }

    fn shift(&mut self, from: (&'static str, Uuid), to: (&'static str, Uuid), amount: Money) {
        self.add(from, amount);
        self.add(to, amount.negative());
    }

    pub fn hold(&mut self, leg: &Leg) {
        self.shift(STORED, (HELD, leg.id.0), leg.share);
    }

    pub fn release(&mut self, leg: &Leg) {
        self.shift((HELD, leg.id.0), STORED, leg.share);
    }

    pub fn take(&mut self, leg: &Leg) {
        self.shift((HELD, leg.id.0), ESCROW, leg.share);
    }

    /// A refund that becomes credit, or goes back to stored value.
    pub fn give_back(&mut self, refund: &LegRefund) {
        self.shift(ESCROW, STORED, refund.amount);
    }

    /// What is kept of a price goes to whom it belongs.
    pub fn share_out(&mut self, rest: Money) {
        self.shift(ESCROW, ("celebrity_payable", Uuid::nil()), rest);
    }

    pub fn open_case(&mut self, case: &LegChargeback) {
        self.shift(("provider_clearing", Uuid::nil()), (MISSING, case.id.0), case.amount.negative());
    }

    pub fn find(&mut self, case: &LegChargeback, minor: i64) {
        self.shift(STORED, (MISSING, case.id.0), Money::new(minor, case.amount.currency));
        self.found.push((case.leg, case.id, minor));
    }

    pub fn close(&mut self, case: &LegChargeback) {
        let rest = Money::new(case.amount.amount_minor - case.taken_back_minor, case.amount.currency);
        self.shift(("chargeback_losses", Uuid::nil()), (MISSING, case.id.0), rest);
    }

    /// The provider has given the money back; what was found in credit goes back there, and what was lost is not.
    pub fn win(&mut self, case: &LegChargeback) {
        let of_case = self.found.extract_if(.., |(_, of, _)| *of == case.id);
        let found_in_credit = of_case.map(|(.., minor)| minor).sum();
        let money = |minor| Money::new(minor, case.amount.currency);
        let missing = (MISSING, case.id.0);
        let rest = money(case.amount.amount_minor - case.taken_back_minor);
        self.add(("provider_clearing", Uuid::nil()), case.amount);
        self.add(missing, money(case.taken_back_minor).negative());
        let lost = if case.state == ChargebackState::Open { missing } else { ("chargeback_losses", Uuid::nil()) };
        self.add(lost, rest.negative());
        self.shift(missing, STORED, money(found_in_credit));
    }

    pub fn found_minor(&self, leg: LegId) -> i64 {
        self.found.iter().filter(|(of, ..)| *of == leg).map(|(.., minor)| minor).sum()
    }

    /// The balance of all accounts of a kind.
    pub fn balance(&self, kind: &str, currency: Currency) -> i64 {
        let of_kind = self.balances.iter().filter(|((of, _, code), _)| *of == kind && *code == currency.code());
        of_kind.map(|(_, minor)| minor).sum()
    }

    fn of(&self, kind: &'static str, owner: Uuid, currency: Currency) -> i64 {
        self.balances.get(&(kind, owner, currency.code())).copied().unwrap_or(0)
    }

    pub fn check(&self, payment: &Payment) {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for ((.., currency), minor) in &self.balances {
            *sums.entry(currency).or_default() += minor;
        }
        assert!(sums.values().all(|sum| *sum == 0), "the books are off: {sums:?}");
        let currency = payment.intent.due.currency;
        for leg in payment.legs.iter().filter(|leg| leg.method.is_stored()) {
            let held = if leg.holds_value() { leg.share.amount_minor } else { 0 };
            assert_eq!(-self.of(HELD, leg.id.0, currency), held, "{leg:?}");
        }
        for case in &payment.chargebacks {
            let rest = case.amount.amount_minor - case.taken_back_minor;
            let missing = if case.state == ChargebackState::Open { rest } else { 0 };
            assert_eq!(self.of(MISSING, case.id.0, case.amount.currency), missing, "{case:?}");
        }
        for (kind, owner) in [ESCROW, ("unapplied_receipts", ESCROW.1)] {
            for currency in Currency::ALL {
                assert!(self.of(kind, owner, currency) <= 0, "{kind} is overdrawn: {self:?}");
            }
        }
    }

    /// Nothing waits for anybody: the escrow has the price of what is to come, and nothing else.
    pub fn check_at_the_end(&self, payment: &Payment, is_to_come: bool) {
        let waits = if is_to_come { payment.kept_minor() } else { 0 };
        assert_eq!(-self.balance(ESCROW.0, payment.intent.due.currency), waits, "{payment:?}");
        for currency in Currency::ALL {
            assert_eq!(self.balance("unapplied_receipts", currency), 0, "{payment:?}");
            assert_eq!(self.balance(HELD, currency), 0, "{payment:?}");
        }
    }
}

const STORED: (&str, Uuid) = ("customer_credit", Uuid::nil());
const HELD: &str = "credit_hold";
const MISSING: &str = "chargeback_receivable";
const ESCROW: (&str, Uuid) = ("booking_escrow", Uuid::from_u128(BOOKING));
