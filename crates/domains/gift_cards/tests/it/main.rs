//! Cards in real books.

use database::testing::TestDatabase;
use gift_cards::loyalty::LoyaltyAward;
use gift_cards::{
    CardChanges, CardCommand, CardKind, GiftCard, GiftCardsError, GiftCode, IssuedCard, NewCard, NewTransfer, awards,
    commands, queries, templates,
};
use kernel::secret::HashKeys;
use kernel::{Actor, BookingId, Currency, Instant, LegId, Money, PersonId, Secret, SystemChance};
use ledger::Account;
use uuid::Uuid;

const FRIEND: PersonId = PersonId(Uuid::from_u128(1));
const ESCROW: Account = Account { kind: "booking_escrow", owner: Uuid::from_u128(4) };

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().expect("a moment")
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

fn keys() -> HashKeys {
    HashKeys::derive(&Secret::new(vec![7; 32]), "test/1")
}

async fn issue(test: &TestDatabase, kind: CardKind, value: Money, holder: Option<PersonId>) -> IssuedCard {
    let mut tx = test.database.begin().await.expect("begins");
    let new = NewCard {
        kind,
        value,
        buyer: None,
        holder,
        is_scheduled: false,
        last_day: None,
        batch: None,
        replaces: None,
        source: templates::source(kind),
        refund_of: None,
    };
    let keys = keys();
    let issued = commands::issue(&mut tx, &SystemChance, &keys, now(), &[new], Actor::SYSTEM, Some("a test")).await;
    let card = issued.expect("issues").pop().expect("one card");
    tx.commit().await.expect("commits");
    card
}

async fn carry_out(test: &TestDatabase, card: &GiftCard, command: CardCommand) -> Result<GiftCard, GiftCardsError> {
    let mut tx = test.database.begin().await?;
    let mut card = commands::lock(&mut tx, card.id).await?;
    let mut changes = CardChanges::default();
    changes.carry_out(&mut card, command, Actor::customer(FRIEND), None, now())?;
    commands::save(&mut tx, &SystemChance, now(), &changes).await?;
    tx.commit().await?;
    Ok(card)
}

async fn history(test: &TestDatabase, card: &GiftCard) -> Vec<(String, i64, i64)> {
    let entries = "SELECT kind, change_minor, balance_minor FROM gift_card_entries WHERE card_id = $1 ORDER BY number";
    sqlx::query_as(entries).bind(card.id.0).fetch_all(test.database.pool()).await.expect("reads")
}

async fn check(test: &TestDatabase) {
    let mut connection = test.database.acquire().await.expect("a connection");
    assert_eq!(ledger::queries::check(&mut connection).await.expect("can be read").faults, Vec::<String>::new());
    assert_eq!(queries::histories_off(&mut connection).await.expect("can be read"), Vec::<String>::new());
}

#[tokio::test]
async fn a_history_that_differs_from_its_account_is_noticed() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, .. } = issue(&test, CardKind::Platform, usd(5_000), Some(FRIEND)).await;
    let redeem = CardCommand::Redeem { id: Uuid::from_u128(9), amount: usd(2_000) };
    carry_out(&test, &card, redeem).await.expect("redeems");
    issue(&test, CardKind::Goodwill, usd(700), Some(FRIEND)).await;
    check(&test).await;
    for (broken, says) in [
        (
            "UPDATE gift_card_entries SET change_minor = change_minor + 1 WHERE number = 2",
            "adds up to 3001, its account says 3000",
        ),
        ("UPDATE gift_card_entries SET balance_minor = 2999 WHERE number = 2", "wrong from step 2 on"),
        ("UPDATE gift_card_entries SET number = 3 WHERE number = 2", "wrong from step 3 on"),
        ("DELETE FROM gift_card_entries WHERE number = 2", "adds up to 5000, its account says 3000"),
        ("DELETE FROM gift_card_entries", "adds up to nothing"),
        (
            "UPDATE gift_cards SET version = version + 1 WHERE issued_minor = 700",
            "adds up to 700, its account says 700",
        ),
        ("UPDATE ledger_accounts SET balance_minor = 701 WHERE balance_minor = 700", "its account says 701"),
    ] {
        let mut tx = test.database.begin().await.expect("begins");
        sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *tx).await.expect("no trigger runs");
        sqlx::query(broken).execute(&mut *tx).await.expect(broken);
        let found = queries::histories_off(&mut tx).await.expect("can be read");
        assert!(found.iter().any(|fault| fault.contains(says)), "{broken}: {found:?}");
        tx.rollback().await.expect("ends");
    }
}

#[tokio::test]
async fn each_step_stands_in_the_history_and_in_the_books() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, code } = issue(&test, CardKind::Promotional, usd(5_000), None).await;
    let leg = LegId(Uuid::from_u128(8));
    let mut tx = test.database.begin().await.expect("begins");
    let found =
        commands::lock_by_code(&mut tx, &keys(), &code.expect("nobody holds it")).await.expect("its code opens it");
    tx.rollback().await.expect("ends");
    assert_eq!(found.card, card);
    carry_out(&test, &card, CardCommand::Claim { by: FRIEND }).await.expect("claims");
    carry_out(&test, &card, CardCommand::Hold { leg, amount: usd(2_000) }).await.expect("holds");
    let left =
        carry_out(&test, &card, CardCommand::Spend { leg, amount: usd(2_000), to: ESCROW }).await.expect("spends");
    assert_eq!(left.balance, usd(3_000));
    let said = history(&test, &card).await;
    let said: Vec<_> = said.iter().map(|(kind, change, balance)| (kind.as_str(), *change, *balance)).collect();
    assert_eq!(said, [("issued", 5_000, 5_000), ("claimed", 0, 5_000), ("held", -2_000, 3_000), ("spent", 0, 3_000)]);
    check(&test).await;
}

#[tokio::test]
async fn a_code_opens_nothing_once_another_was_made() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, code } = issue(&test, CardKind::Platform, usd(5_000), None).await;
    let first = code.expect("nobody holds it");
    let mut tx = test.database.begin().await.expect("begins");
    let second = commands::renew_code(&mut tx, &SystemChance, &keys(), now(), card.id).await.expect("renews");
    let third = commands::renew_code(&mut tx, &SystemChance, &keys(), now(), card.id).await.expect("renews");
    for dead in [first, second] {
        let refused = commands::lock_by_code(&mut tx, &keys(), &dead).await;
        assert!(matches!(refused, Err(GiftCardsError::CodeOpensNothing)), "{refused:?}");
    }
    assert_eq!(commands::lock_by_code(&mut tx, &keys(), &third).await.expect("opens").card.id, card.id);
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn fifty_of_a_hundred_who_spend_at_once_get_what_is_there() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, .. } = issue(&test, CardKind::Platform, usd(50), Some(FRIEND)).await;
    let spend = |number| {
        let (test, card) = (&test, &card);
        async move { carry_out(test, card, CardCommand::Redeem { id: Uuid::from_u128(number), amount: usd(1) }).await }
    };
    let outcomes = futures::future::join_all((100..200).map(spend)).await;
    let spent = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused =
        |outcome: &&Result<_, _>| matches!(outcome, Err(GiftCardsError::NotEnough { left, .. }) if *left == usd(0));
    assert_eq!((spent, outcomes.iter().filter(refused).count()), (50, 50));
    let said = history(&test, &card).await;
    assert_eq!((said.len(), said.last().map(|last| last.2)), (51, Some(0)));
    check(&test).await;
}

#[tokio::test]
async fn what_comes_back_after_the_last_day_expires_too() {
    let test = TestDatabase::new().await;
    let card = {
        let mut tx = test.database.begin().await.expect("begins");
        let last_day = gift_cards::LastDay::new("2026-12-01".parse().expect("a day"), chrono_tz::UTC);
        let new = NewCard {
            kind: CardKind::Promotional,
            value: usd(5_000),
            buyer: None,
            holder: Some(FRIEND),
            is_scheduled: false,
            last_day,
            batch: None,
            replaces: None,
            source: templates::source(CardKind::Promotional),
            refund_of: None,
        };
        let issued = commands::issue(&mut tx, &SystemChance, &keys(), now(), &[new], Actor::SYSTEM, None).await;
        tx.commit().await.expect("commits");
        issued.expect("issues").remove(0).card
    };
    let leg = LegId(Uuid::from_u128(8));
    carry_out(&test, &card, CardCommand::Hold { leg, amount: usd(2_000) }).await.expect("holds");
    let late = now() + chrono::TimeDelta::days(2);
    for command in [CardCommand::Expire, CardCommand::Release { leg, amount: usd(2_000) }] {
        let mut tx = test.database.begin().await.expect("begins");
        let mut card = commands::lock(&mut tx, card.id).await.expect("locks");
        let mut changes = CardChanges::default();
        changes.carry_out(&mut card, command, Actor::SYSTEM, None, late).expect("can be done");
        commands::save(&mut tx, &SystemChance, late, &changes).await.expect("saves");
        tx.commit().await.expect("commits");
    }
    let said = history(&test, &card).await;
    let said: Vec<_> = said.iter().map(|(kind, change, balance)| (kind.as_str(), *change, *balance)).collect();
    let wanted = [
        ("issued", 5_000, 5_000),
        ("held", -2_000, 3_000),
        ("expired", -3_000, 0),
        ("released", 2_000, 2_000),
        ("expired", -2_000, 0),
    ];
    assert_eq!(said, wanted);
    check(&test).await;
}

#[tokio::test]
async fn a_leg_holds_value_of_a_card_once_and_of_several_cards_at_the_same_time() {
    let test = TestDatabase::new().await;
    let one = issue(&test, CardKind::Platform, usd(5_000), Some(FRIEND)).await.card;
    let two = issue(&test, CardKind::Platform, usd(5_000), Some(FRIEND)).await.card;
    let leg = LegId(Uuid::from_u128(8));
    for card in [&one, &two] {
        carry_out(&test, card, CardCommand::Hold { leg, amount: usd(2_000) }).await.expect("holds");
    }
    carry_out(&test, &one, CardCommand::Release { leg, amount: usd(2_000) }).await.expect("releases");
    for again in [CardCommand::Hold { leg, amount: usd(2_000) }, CardCommand::Release { leg, amount: usd(2_000) }] {
        let refused = carry_out(&test, &one, again).await;
        assert!(matches!(refused, Err(GiftCardsError::Done)), "{refused:?}");
    }
    assert_eq!(history(&test, &one).await.last(), Some(&("released".to_owned(), 2_000, 5_000)));
    check(&test).await;
}

#[tokio::test]
async fn a_code_that_ends_while_its_card_is_waited_for_opens_nothing() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, code } = issue(&test, CardKind::Platform, usd(5_000), None).await;
    let stolen = code.expect("nobody holds it");
    let mut tx = test.database.begin().await.expect("begins");
    commands::lock(&mut tx, card.id).await.expect("locks");
    commands::renew_code(&mut tx, &SystemChance, &keys(), now(), card.id).await.expect("renews");
    let database = test.database.clone();
    let thief = tokio::spawn(async move {
        let mut tx = database.begin().await.expect("begins");
        commands::lock_by_code(&mut tx, &keys(), &stolen).await.map(|opened| opened.card.id)
    });
    // Until the thief has found the card by its code, and waits for it.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    tx.commit().await.expect("commits");
    let refused = thief.await.expect("ends");
    assert!(matches!(refused, Err(GiftCardsError::CodeOpensNothing)), "{refused:?}");
}

/// Sends a card of the friend's, and gives the code of the one that it is sent as.
async fn send(test: &TestDatabase, keys: &HashKeys, card: &GiftCard) -> GiftCode {
    let mut tx = test.database.begin().await.expect("begins");
    let mut from = commands::lock(&mut tx, card.id).await.expect("locks");
    let to = NewTransfer { email: "friend@example.net".to_owned(), message: None };
    let sent = commands::send(&mut tx, &SystemChance, keys, now(), &mut from, FRIEND, &to).await.expect("sends");
    tx.commit().await.expect("commits");
    sent.code.expect("nobody holds it")
}

async fn opens(test: &TestDatabase, keys: &HashKeys, code: &GiftCode) -> bool {
    let mut tx = test.database.begin().await.expect("begins");
    commands::lock_by_code(&mut tx, keys, code).await.is_ok()
}

#[tokio::test]
async fn a_code_of_before_stays_dead_after_the_secret_changed_and_the_new_one_opens() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, code } = issue(&test, CardKind::Platform, usd(5_000), None).await;
    let first = code.expect("nobody holds it");
    carry_out(&test, &card, CardCommand::Claim { by: FRIEND }).await.expect("claims");
    // As after a loss: a card that somebody has may have a live code.
    let mut tx = test.database.begin().await.expect("begins");
    let spare = commands::renew_code(&mut tx, &SystemChance, &keys(), now(), card.id).await.expect("renews");
    tx.commit().await.expect("commits");
    assert!(opens(&test, &keys(), &spare).await);
    let second = send(&test, &keys(), &card).await;
    let rotated = HashKeys::derive(&Secret::new(vec![8; 32]), "test/1").with_previous(keys());
    for (code, is_open) in [(&first, false), (&spare, false), (&second, true)] {
        assert_eq!(opens(&test, &rotated, code).await, is_open, "{code:?}");
    }
    let mut tx = test.database.begin().await.expect("begins");
    commands::take_back(&mut tx, &SystemChance, now(), card.id, FRIEND).await.expect("takes back");
    tx.commit().await.expect("commits");
    let third = send(&test, &rotated, &card).await;
    let known = [&first, &second, &third];
    let mut open = Vec::new();
    for code in known {
        open.push(opens(&test, &rotated, code).await);
    }
    assert_eq!(open, [false, false, true]);
    check(&test).await;
}

#[tokio::test]
async fn a_card_that_is_partly_set_aside_is_not_sent() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, .. } = issue(&test, CardKind::Platform, usd(5_000), Some(FRIEND)).await;
    let leg = LegId(Uuid::from_u128(8));
    carry_out(&test, &card, CardCommand::Hold { leg, amount: usd(2_000) }).await.expect("holds");
    let mut tx = test.database.begin().await.expect("begins");
    let mut from = commands::lock(&mut tx, card.id).await.expect("locks");
    let to = NewTransfer { email: "friend@example.net".to_owned(), message: None };
    let refused = commands::send(&mut tx, &SystemChance, &keys(), now(), &mut from, FRIEND, &to).await;
    assert!(matches!(refused, Err(GiftCardsError::PartlyHeld { held }) if held == usd(2_000)), "{refused:?}");
    tx.rollback().await.expect("ends");
    carry_out(&test, &card, CardCommand::Release { leg, amount: usd(2_000) }).await.expect("releases");
    send(&test, &keys(), &card).await;
    assert_eq!(history(&test, &card).await.last(), Some(&("offered".to_owned(), -5_000, 0)));
    check(&test).await;
}

#[tokio::test]
async fn what_came_back_to_a_card_that_is_on_its_way_is_not_there_to_spend_yet() {
    let test = TestDatabase::new().await;
    let IssuedCard { card, .. } = issue(&test, CardKind::Platform, usd(5_000), Some(FRIEND)).await;
    let leg = LegId(Uuid::from_u128(8));
    carry_out(&test, &card, CardCommand::Hold { leg, amount: usd(2_000) }).await.expect("holds");
    carry_out(&test, &card, CardCommand::Spend { leg, amount: usd(2_000), to: ESCROW }).await.expect("spends");
    send(&test, &keys(), &card).await;
    let refund = CardCommand::Refund { refund: kernel::RefundId(leg.0), leg, amount: usd(2_000), from: ESCROW };
    carry_out(&test, &card, refund).await.expect("refunds");
    let mut connection = test.database.acquire().await.expect("a connection");
    let now = now();
    assert_eq!(gift_cards::queries::balances_of(&mut connection, FRIEND, now).await.expect("reads"), []);
    let mut tx = test.database.begin().await.expect("begins");
    commands::take_back(&mut tx, &SystemChance, now, card.id, FRIEND).await.expect("takes back");
    tx.commit().await.expect("commits");
    let all = gift_cards::queries::balances_of(&mut connection, FRIEND, now).await.expect("reads");
    assert_eq!(all, [usd(5_000)]);
    check(&test).await;
}

#[tokio::test]
async fn what_somebody_earns_is_reckoned_by_one_at_a_time() {
    let test = TestDatabase::new().await;
    let mut first = test.database.begin().await.expect("begins");
    let year = async |tx: &mut database::Tx| awards::year(tx, FRIEND, Currency::Usd, now()).await.expect("adds up");
    assert_eq!(year(&mut first).await, usd(0));
    let second = async {
        let mut tx = test.database.begin().await.expect("begins");
        year(&mut tx).await
    };
    let award = async {
        // The other one waits by now, or will have to.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let award = LoyaltyAward {
            booking: BookingId(Uuid::from_u128(5)),
            person: FRIEND,
            base: usd(600),
            basis_points: 200,
            earned_minor: 12,
            lost_minor: 0,
            card: None,
            awarded_at: now(),
        };
        awards::save(&mut first, &award).await.expect("saves");
        first.commit().await.expect("commits");
    };
    let (seen, ()) = tokio::join!(second, award);
    assert_eq!(seen, usd(600), "it counts what was earned meanwhile");
    let mut others = test.database.begin().await.expect("begins");
    let elsewhere = awards::year(&mut others, FRIEND, Currency::Eur, now()).await.expect("adds up");
    assert_eq!(elsewhere.amount_minor, 0);
}
