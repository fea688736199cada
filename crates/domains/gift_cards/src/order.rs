//! Purchases of gift cards: what somebody wants to buy, and what becomes of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::house_names::poses_as_house;
use kernel::text::{is_visible, turns_around};
use kernel::{FieldFault, GiftCardId, GiftCardOrderId, Instant, Money, PersonId, closed_set};
use ledger::Account;

use crate::card::{CardDesign, GiftCard, LastDay};
use crate::decide::CardCommand;

closed_set! {
    /// The state of a purchase.
    OrderState {
        AwaitingPayment = "awaiting_payment",
        /// Its card is issued.
        Paid = "paid",
        /// It was not paid in time.
        Lapsed = "lapsed",
        /// The payment went back, and what was left on the card with it.
        Returned = "returned",
    }
}

closed_set! {
    /// How a purchase stands, for whoever made it.
    OrderStanding {
        AwaitingPayment = "awaiting_payment",
        /// Its card is issued.
        Paid = "paid",
        /// It was not paid in time.
        Lapsed = "lapsed",
        /// The payment went back, and what was left on the card with it.
        Returned = "returned",
        /// A bank took the payment back, and what was left on the card went with it.
        ChargedBack = "charged_back",
    }
}

/// The most characters of a name.
const NAME_CHARACTERS_MAX: usize = 80;
/// A card is delivered within a year.
const DELIVERY_DAYS_MAX: i64 = 366;

/// What may be sold in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleRules {
    pub least: Money,
    pub most: Money,
    /// After so many months a card ends; never without.
    pub months_valid: Option<u32>,
}

/// Who gets a card, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftRecipient {
    /// As the mailer sends to it; this and the message are checked by whoever made this.
    pub email: String,
    pub name: String,
    /// As the recipient knows the buyer.
    pub from: String,
    pub message: String,
    /// At once without.
    pub deliver_at: Option<Instant>,
}

/// A card that somebody wants to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    pub value: Money,
    pub design: CardDesign,
    /// `None`: it is for the buyer.
    pub recipient: Option<GiftRecipient>,
    /// Of the recipient; the card's last day ends there.
    pub zone: Tz,
}

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCardOrder {
    pub id: GiftCardOrderId,
    pub buyer: PersonId,
    pub value: Money,
    pub design: CardDesign,
    pub recipient: Option<GiftRecipient>,
    pub zone: Tz,
    pub months_valid: Option<u32>,
    pub state: OrderState,
    pub pay_by: DateTime<Utc>,
    pub card: Option<GiftCardId>,
    /// When the mail to the recipient was written.
    pub delivered_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl NewOrder {
    /// What is wrong with it, field by field.
    pub fn faults(&self, rules: SaleRules, now: Instant) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let SaleRules { least, most, .. } = rules;
        if !(least.amount_minor..=most.amount_minor).contains(&self.value.amount_minor) {
            let message = format!("Choose an amount from {least} to {most}.");
            faults.push(FieldFault::new("value_minor", "out_of_range", message));
        }
        let Some(recipient) = &self.recipient else { return faults };
        for (field, text) in [("recipient_name", &recipient.name), ("from", &recipient.from)] {
            if !is_name(text) || text.chars().count() > NAME_CHARACTERS_MAX {
                let message = format!("Write a name of at most {NAME_CHARACTERS_MAX} characters, without links.");
                faults.push(FieldFault::new(field, "invalid_length", message));
            }
        }
        if poses_as_house(&recipient.from) {
            let message = "This reads like a name of ours. Write who the card is from.";
            faults.push(FieldFault::new("from", "reserved", message));
        }
        let is_timely = |at: Instant| at > now && at - now <= chrono::TimeDelta::days(DELIVERY_DAYS_MAX);
        if recipient.deliver_at.is_some_and(|at| !is_timely(at)) {
            let message = "Choose a moment within the next year, or leave it out to send the card at once.";
            faults.push(FieldFault::new("deliver_at", "out_of_range", message));
        }
        faults
    }
}

impl GiftCardOrder {
    /// Whether a payment may begin.
    pub fn is_payable(&self, now: Instant) -> bool {
        self.state == OrderState::AwaitingPayment && now < self.pay_by
    }

    /// How it stands; `is_charged_back` if a bank took its payment back.
    pub const fn standing(&self, is_charged_back: bool) -> OrderStanding {
        match self.state {
            OrderState::AwaitingPayment => OrderStanding::AwaitingPayment,
            OrderState::Paid => OrderStanding::Paid,
            OrderState::Lapsed => OrderStanding::Lapsed,
            OrderState::Returned if is_charged_back => OrderStanding::ChargedBack,
            OrderState::Returned => OrderStanding::Returned,
        }
    }

    /// Whether nobody has claimed or used its card, which is when it goes back.
    pub fn is_untouched(&self, card: &GiftCard) -> bool {
        card.balance == card.issued && card.holder.is_none_or(|holder| holder == self.buyer) && !card.is_offered
    }

    /// The last day of the card if it is issued at `now`.
    pub fn last_day(&self, now: Instant) -> Option<LastDay> {
        LastDay::months_after(now, self.months_valid?, self.zone)
    }
}

/// How `part` of what is on a card goes back with the price of it. Of a card that nobody has claimed nothing else can come, so that it ends
/// when it is empty.
pub fn reclaim(card: &GiftCard, part: Money, to: Account) -> CardCommand {
    match part == card.balance && (part == card.issued || card.holder.is_none()) {
        true => CardCommand::Reclaim { to },
        false => CardCommand::PayBack { to, amount: part },
    }
}

/// Mailed to strangers, so it must hold no link and no characters that turn the direction of text around.
fn is_name(text: &str) -> bool {
    let is_plain = |letter: char| !letter.is_control() && !turns_around(letter) && !matches!(letter, '/' | '@' | ':');
    text.chars().any(is_visible) && text.chars().all(is_plain) && !text.to_lowercase().contains("www.")
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    fn faults(change: impl FnOnce(&mut NewOrder)) -> Vec<String> {
        let now = "2026-12-01T12:00:00Z".parse().expect("a date");
        let recipient = GiftRecipient {
            email: "ada@stagedoor.test".to_owned(),
            name: "Ada".to_owned(),
            from: "Bo".to_owned(),
            message: String::new(),
            deliver_at: None,
        };
        let mut order = NewOrder {
            value: usd(5_000),
            design: CardDesign::Spotlight,
            recipient: Some(recipient),
            zone: chrono_tz::Europe::Lisbon,
        };
        change(&mut order);
        let rules = SaleRules { least: usd(1_000), most: usd(200_000), months_valid: None };
        order.faults(rules, now).into_iter().map(|fault| fault.field).collect()
    }

    fn recipient(order: &mut NewOrder) -> &mut GiftRecipient {
        order.recipient.as_mut().expect("is for somebody")
    }

    #[test]
    fn an_order_is_checked_field_by_field() {
        assert!(faults(|_| {}).is_empty() && faults(|order| order.recipient = None).is_empty());
        for minor in [0, 999, 200_001] {
            assert_eq!(faults(|order| order.value = usd(minor)), ["value_minor"], "{minor}");
        }
        assert_eq!(faults(|order| recipient(order).name = " ".to_owned()), ["recipient_name"]);
        assert_eq!(faults(|order| recipient(order).from = "a\nb".to_owned()), ["from"]);
        assert_eq!(faults(|order| recipient(order).from = "Stagedoor Support".to_owned()), ["from"]);
        for link in ["https://evil.test", "www.evil.test", "a@evil.test"] {
            assert_eq!(faults(|order| recipient(order).from = link.to_owned()), ["from"], "{link}");
        }
        assert!(faults(|order| recipient(order).name = "ä".repeat(80)).is_empty());
        assert_eq!(faults(|order| recipient(order).name = "ä".repeat(81)), ["recipient_name"]);
        for (deliver_at, is_fine) in [
            ("2026-12-01T12:00:00Z", false),
            ("2026-12-01T12:00:01Z", true),
            ("2027-12-02T12:00:00Z", true),
            ("2027-12-03T12:00:00Z", false),
        ] {
            let at = deliver_at.parse().expect("a date");
            assert_eq!(faults(|order| recipient(order).deliver_at = Some(at)).is_empty(), is_fine, "{deliver_at}");
        }
    }

    fn placed(state: OrderState, months_valid: Option<u32>) -> GiftCardOrder {
        let now: Instant = "2026-12-01T12:00:00Z".parse().expect("a date");
        GiftCardOrder {
            id: GiftCardOrderId(uuid::Uuid::from_u128(1)),
            buyer: PersonId(uuid::Uuid::from_u128(2)),
            value: usd(5_000),
            design: CardDesign::Alley,
            recipient: None,
            zone: chrono_tz::Europe::Lisbon,
            months_valid,
            state,
            pay_by: now + chrono::TimeDelta::minutes(30),
            card: None,
            delivered_at: None,
            created_at: now,
        }
    }

    #[test]
    fn an_order_is_paid_while_it_waits_and_before_its_time_is_over() {
        for &state in OrderState::ALL {
            let order = placed(state, None);
            let waits = state == OrderState::AwaitingPayment;
            let payable = [-1, 0].map(|seconds| order.is_payable(order.pay_by + chrono::TimeDelta::seconds(seconds)));
            assert_eq!(payable, [waits, false], "{state}");
        }
    }

    #[test]
    fn what_a_bank_took_back_is_not_called_returned() {
        for &state in OrderState::ALL {
            let said = [false, true].map(|is_charged_back| placed(state, None).standing(is_charged_back).as_str());
            let other = if state == OrderState::Returned { "charged_back" } else { state.as_str() };
            assert_eq!(said, [state.as_str(), other]);
        }
    }

    #[test]
    fn a_card_of_which_all_goes_back_is_over_unless_its_holder_has_used_it() {
        let order = placed(OrderState::Paid, None);
        let (now, to) = (order.created_at, Account { kind: "order_escrow", owner: uuid::Uuid::nil() });
        let card = |balance: i64, holder: Option<PersonId>| GiftCard {
            id: GiftCardId(uuid::Uuid::from_u128(3)),
            kind: crate::CardKind::Platform,
            state: crate::CardState::Active,
            issued: usd(5_000),
            balance: usd(balance),
            buyer: Some(order.buyer),
            holder,
            is_offered: false,
            last_day: None,
            batch: None,
            replaces: None,
            version: 1,
            created_at: now,
        };
        let own = Some(order.buyer);
        let taken = |balance, holder, part| reclaim(&card(balance, holder), usd(part), to);
        let (all, part) = (CardCommand::Reclaim { to }, |minor| CardCommand::PayBack { to, amount: usd(minor) });
        // Nobody has claimed it: part after part, until it is empty and so over.
        assert_eq!([taken(5_000, None, 5_000), taken(5_000, None, 4_999), taken(1, None, 1)], [all, part(4_999), all]);
        // The buyer has it.
        assert_eq!([taken(5_000, own, 5_000), taken(5_000, own, 10), taken(300, own, 300)], [all, part(10), part(300)]);
    }

    #[test]
    fn a_card_ends_so_many_months_after_it_is_issued_or_never() {
        let last_day = |months| {
            let order = placed(OrderState::Paid, months);
            order.last_day(order.created_at).map(|last| (last.day.to_string(), last.zone))
        };
        assert_eq!(last_day(Some(24)), Some(("2028-12-01".to_owned(), chrono_tz::Europe::Lisbon)));
        assert_eq!(last_day(None), None);
    }
}
