//! Cards that staff issue together.

use kernel::text::text_fault;
use kernel::{FieldFault, Instant, Money};

use crate::card::{CardKind, LastDay};

/// The most cards of one batch.
pub const BATCH_CARDS_MAX: u16 = 2_000;
/// The most whole units of its currency on one card that staff give away.
const UNITS_MAX: i64 = 100_000;

/// Cards to issue together.
#[derive(Debug, Clone)]
pub struct NewBatch {
    pub name: String,
    pub kind: CardKind,
    pub cards: u16,
    /// Of each card.
    pub value: Money,
    pub last_day: Option<LastDay>,
    pub reason: String,
}

impl NewBatch {
    /// What is wrong with it, field by field, where all cards together may be worth `minor_max` smallest units of their currency.
    pub fn faults(&self, now: Instant, minor_max: i64) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        faults.extend(text_fault("name", &self.name));
        faults.extend(text_fault("reason", &self.reason));
        if self.kind.is_paid_for() {
            let message = "Cards of this kind are bought. Issue promotional, loyalty or goodwill ones.";
            faults.push(FieldFault::new("kind", "not_given_away", message));
        }
        let are_few = (1..=BATCH_CARDS_MAX).contains(&self.cards);
        if !are_few {
            let message = format!("Issue 1 to {BATCH_CARDS_MAX} cards at a time.");
            faults.push(FieldFault::new("cards", "out_of_range", message));
        }
        let unit = 10_i64.pow(self.value.currency.decimals());
        if !(1..=UNITS_MAX * unit).contains(&self.value.amount_minor) {
            let most = Money::new(UNITS_MAX * unit, self.value.currency);
            faults.push(FieldFault::new(
                "value_minor",
                "out_of_range",
                format!("Put at most {most} on a card, and something."),
            ));
        } else if are_few && self.value.amount_minor > minor_max / i64::from(self.cards) {
            let most = Money::new(minor_max, self.value.currency);
            let message =
                format!("The cards of one batch are worth at most {most} together. Issue fewer, or put less on each.");
            faults.push(FieldFault::new("value_minor", "batch_too_large", message));
        }
        if self.last_day.is_some_and(|last| last.ends_at <= now) {
            faults.push(FieldFault::new("last_day", "past", "Choose a last day that is not over."));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn each_field_is_bounded() {
        let now: Instant = "2026-12-01T12:00:00Z".parse().unwrap();
        let fine = NewBatch {
            name: "Summer".to_owned(),
            kind: CardKind::Promotional,
            cards: 10,
            value: Money::new(5_000, Currency::Usd),
            last_day: LastDay::new("2026-12-01".parse().unwrap(), chrono_tz::UTC),
            reason: "For the fair".to_owned(),
        };
        let fields =
            |batch: NewBatch| batch.faults(now, 1_000_000).into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        assert_eq!(fields(fine.clone()), Vec::<String>::new());
        assert_eq!(fields(NewBatch { name: "\u{200b} ".to_owned(), ..fine.clone() }), ["name"]);
        assert_eq!(fields(NewBatch { reason: "x".repeat(201), ..fine.clone() }), ["reason"]);
        assert_eq!(fields(NewBatch { kind: CardKind::Platform, ..fine.clone() }), ["kind"]);
        assert_eq!(fields(NewBatch { cards: 0, ..fine.clone() }), ["cards"]);
        assert_eq!(fields(NewBatch { cards: 2_001, ..fine.clone() }), ["cards"]);
        for minor in [0, -5, 10_000_001] {
            assert_eq!(fields(NewBatch { value: Money::new(minor, Currency::Usd), ..fine.clone() }), ["value_minor"]);
        }
        assert_eq!(fields(NewBatch { value: Money::new(100_001, Currency::Jpy), ..fine.clone() }), ["value_minor"]);
        // Two hundred of 50.00 dollars are worth 10,000.00.
        assert_eq!(fields(NewBatch { cards: 200, ..fine.clone() }), Vec::<String>::new());
        assert_eq!(fields(NewBatch { cards: 201, ..fine.clone() }), ["value_minor"]);
        // One card may be worth 100,000 whole units, and the refusal of more says so.
        let one = |minor| NewBatch { cards: 1, value: Money::new(minor, Currency::Usd), ..fine.clone() };
        assert_eq!(one(10_000_000).faults(now, i64::MAX), []);
        let [fault] = &one(10_000_001).faults(now, i64::MAX)[..] else { panic!("one field is wrong") };
        assert!(fault.message.contains("$100,000.00"), "{}", fault.message);
        let past = LastDay::new("2026-11-30".parse().unwrap(), chrono_tz::UTC);
        assert_eq!(fields(NewBatch { last_day: past, ..fine }), ["last_day"]);
    }
}
