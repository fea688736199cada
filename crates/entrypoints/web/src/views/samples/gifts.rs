//! Invented gift cards.

use chrono::TimeDelta;
use gift_cards::queries::SeenBatch;
use gift_cards::{
    BoughtCard, BuyerWords, CardDesign, CardEntry, CardKind, CardState, CardTransfer, EntryKind, GiftCard,
    GiftCardOrder, GiftRecipient, LastDay, OrderState, SeenCard, TransferState,
};
use kernel::{Actor, ActorKind, Currency, GiftCardBatchId, GiftCardId, GiftCardOrderId, Money, PersonId};
use uuid::Uuid;

use super::now;

/// A card of `left` dollars.
pub(crate) fn card(number: u128, kind: CardKind, issued: i64, left: i64) -> SeenCard {
    let usd = |units: i64| Money::new(units * 100, Currency::Usd);
    let last_day = (!kind.is_paid_for()).then(|| LastDay::new("2026-12-31".parse().ok()?, chrono_tz::Europe::Lisbon));
    SeenCard {
        card: GiftCard {
            id: GiftCardId(Uuid::from_u128(number)),
            kind,
            state: CardState::Active,
            issued: usd(issued),
            balance: usd(left),
            buyer: None,
            holder: Some(PersonId(Uuid::from_u128(1))),
            is_offered: false,
            last_day: last_day.flatten(),
            batch: None,
            replaces: None,
            version: 3,
            created_at: now() - TimeDelta::days(20),
        },
        last_group: Some("7KQ2".to_owned()),
        bought: None,
    }
}

/// The same card, bought in a design for somebody.
pub(crate) fn bought(seen: SeenCard, design: CardDesign) -> SeenCard {
    let words = BuyerWords { from: "Bo".to_owned(), message: Some("For your launch. Get the songwriter!".to_owned()) };
    SeenCard { bought: Some(BoughtCard { design, words: Some(words) }), ..seen }
}

/// A card of fifty dollars that is bought for somebody.
pub(crate) fn order(state: OrderState) -> GiftCardOrder {
    GiftCardOrder {
        id: GiftCardOrderId(Uuid::from_u128(1)),
        buyer: PersonId(Uuid::from_u128(2)),
        value: Money::new(5_000, Currency::Usd),
        design: CardDesign::Spotlight,
        recipient: Some(GiftRecipient {
            email: "ada@example.test".to_owned(),
            name: "Ada".to_owned(),
            from: "Noor".to_owned(),
            message: "For your birthday: book whoever you like.".to_owned(),
            deliver_at: Some(now() + TimeDelta::days(3)),
        }),
        zone: chrono_tz::Europe::Lisbon,
        months_valid: None,
        state,
        pay_by: now() + TimeDelta::minutes(25),
        card: None,
        delivered_at: None,
        created_at: now(),
    }
}

/// Who sent a card, and what they wrote.
pub(crate) fn sender() -> (String, CardTransfer) {
    ("Noor Haddad".to_owned(), transfer(TransferState::Claimed))
}

/// A card that was sent three hours ago.
pub(crate) fn transfer(state: TransferState) -> CardTransfer {
    CardTransfer {
        card: GiftCardId(Uuid::from_u128(90)),
        from: GiftCardId(Uuid::from_u128(91)),
        sender: PersonId(Uuid::from_u128(1)),
        email: "ines@example.test".to_owned(),
        message: Some("For your launch. Get the songwriter!".to_owned()),
        amount: Money::new(15_000, Currency::Usd),
        state,
        created_at: now() - TimeDelta::hours(3),
        ended_at: (state != TransferState::Offered).then(|| now() - TimeDelta::hours(1)),
    }
}

/// Steps of a card, each with what changed and what was left, in dollars.
pub(crate) fn steps(steps: &[(EntryKind, i64, i64)]) -> Vec<CardEntry> {
    let usd = |units: i64| Money::new(units * 100, Currency::Usd);
    let entry = |(number, (kind, change, left)): (i64, &(EntryKind, i64, i64))| CardEntry {
        number,
        kind: *kind,
        change: usd(*change),
        balance: usd(*left),
        about: None,
        reason: (*kind == EntryKind::Frozen).then(|| "It was reported stolen".to_owned()),
        actor: Actor { kind: ActorKind::Staff, id: None },
        at: now() - TimeDelta::days(20) + TimeDelta::hours(30 * number),
    };
    (1..).zip(steps).map(entry).collect()
}

/// Batches that staff issued, newest first.
pub(crate) fn batches() -> Vec<SeenBatch> {
    let batch = |number: u128, name: &str, kind, cards: i32, sums: [i64; 4]| {
        let usd = |units: i64| Money::new(units * 100, Currency::Usd);
        let [value, left, held, expired] = sums.map(usd);
        SeenBatch {
            id: GiftCardBatchId(Uuid::from_u128(number)),
            name: name.to_owned(),
            kind,
            cards,
            value,
            reason: "Handed out at the stand".to_owned(),
            created_at: now() - TimeDelta::days(3 * i64::try_from(number).unwrap_or(0)),
            claimed: i64::from(cards / 3),
            frozen: i64::from(cards / 50),
            running: i64::from(cards - cards / 50),
            left,
            held,
            expired,
        }
    };
    vec![
        batch(1, "Winter fair", CardKind::Promotional, 250, [25, 4_100, 150, 0]),
        batch(2, "Rain on the open-air night", CardKind::Goodwill, 40, [50, 1_700, 0, 0]),
        batch(3, "Spring campaign", CardKind::Promotional, 100, [10, 0, 0, 640]),
    ]
}
