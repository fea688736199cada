//! Payments in a real PostgreSQL.

use chrono::TimeDelta;
use database::testing::TestDatabase;
use kernel::{BookingId, Currency, Instant, LegId, Money, PersonId, SeededChance};
use payments::queries::UnsettledLeg;
use payments::templates::card_captured;
use payments::{
    LegUpdate, NO_ANSWER, NewIntent, NewLeg, Payment, PaymentChanges, PaymentMethod, PaymentsError, commands, queries,
};
use uuid::Uuid;

const BOOKING: BookingId = BookingId(Uuid::from_u128(5));

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().expect("a moment")
}

fn new_intent() -> NewIntent {
    NewIntent {
        paid_for: BOOKING.into(),
        customer: PersonId(Uuid::from_u128(6)),
        due: Money::new(1_000, Currency::Usd),
        pay_by: now() + TimeDelta::minutes(15),
        settle_by: now() + TimeDelta::days(1),
    }
}

async fn open(
    test: &TestDatabase,
    chance: &SeededChance,
    method: PaymentMethod,
) -> Result<(Payment, LegId), PaymentsError> {
    open_part(test, chance, method, None).await
}

async fn open_part(
    test: &TestDatabase,
    chance: &SeededChance,
    method: PaymentMethod,
    amount: Option<i64>,
) -> Result<(Payment, LegId), PaymentsError> {
    let mut tx = test.database.begin().await?;
    let earlier = commands::lock_of(&mut tx, BOOKING).await?;
    let leg = NewLeg {
        method,
        provider: "sandbox",
        stored: None,
        amount: amount.map(|minor| Money::new(minor, Currency::Usd)),
        attempt: None,
    };
    let opened = commands::open_leg(&mut tx, chance, now(), earlier, new_intent(), leg).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn receive(
    test: &TestDatabase,
    chance: &SeededChance,
    leg: LegId,
    event: &str,
    minor: i64,
) -> Result<Payment, PaymentsError> {
    let mut tx = test.database.begin().await?;
    let payment = commands::lock_of(&mut tx, BOOKING).await?.expect("was opened");
    let mut changes = PaymentChanges::of(payment);
    let update = LegUpdate::Received { event: event.to_owned(), amount: Money::new(minor, Currency::Usd) };
    changes.record_result(chance, now(), leg, Some("ref".to_owned()), update, true)?;
    commands::save(&mut tx, chance, now(), &changes).await?;
    tx.commit().await?;
    Ok(changes.into_payment())
}

async fn faults(test: &TestDatabase) -> Vec<String> {
    let mut connection = test.database.acquire().await.expect("a connection");
    queries::check(&mut connection).await.expect("the books can be read").faults
}

#[tokio::test]
async fn of_two_legs_opened_at_once_one_is_refused() {
    let test = TestDatabase::new().await;
    for round in 0..5 {
        sqlx::query("TRUNCATE chargebacks, payment_intents, payment_legs, payment_receipts, refund_requests, refunds")
            .execute(test.database.pool())
            .await
            .expect("empties");
        let (here, there) = (SeededChance::new(round), SeededChance::new(round + 100));
        let (one, two) =
            tokio::join!(open(&test, &here, PaymentMethod::Card), open(&test, &there, PaymentMethod::Card));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let refused = one.err().or(two.err()).expect("one of them");
        assert!(matches!(refused, PaymentsError::AlreadyPaying), "{refused:?}");
        let mut connection = test.database.acquire().await.expect("a connection");
        let payment = queries::payment_of(&mut connection, BOOKING).await.expect("reads").expect("one was opened");
        assert_eq!((payment.legs.len(), payment.reserved_minor()), (1, 1_000));
    }
}

#[tokio::test]
async fn the_database_keeps_one_live_intent_and_one_open_card_leg() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (payment, _) = open(&test, &chance, PaymentMethod::Card).await.expect("opens");
    let again = "INSERT INTO payment_intents (id, booking_id, customer_id, due_minor, currency, state, pay_by, settle_by, created_at)
                 SELECT gen_random_uuid(), booking_id, customer_id, due_minor, currency, $1, pay_by, settle_by, created_at
                 FROM payment_intents LIMIT 1";
    let refused = sqlx::query(again).bind("open").execute(test.database.pool()).await.expect_err("one is open");
    assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some("payment_intents_one_live"));
    sqlx::query(again).bind("expired").execute(test.database.pool()).await.expect("what is over stands beside it");
    let leg = "INSERT INTO payment_legs (id, intent_id, position, method, one_open, provider, share_minor, state, created_at, updated_at)
               SELECT gen_random_uuid(), intent_id, $1, $2, $3, provider, 1, 'created', created_at, created_at FROM payment_legs LIMIT 1";
    let refused = sqlx::query(leg).bind(2_i16).bind("card").bind(true).execute(test.database.pool()).await;
    let refused = refused.expect_err("a card leg is open");
    assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some("payment_legs_one_open"));
    let refused = sqlx::query(leg).bind(2_i16).bind("card").bind(false).execute(test.database.pool()).await;
    assert!(refused.is_err(), "the flag is its method's");
    sqlx::query(leg)
        .bind(2_i16)
        .bind("gift_card")
        .bind(false)
        .execute(test.database.pool())
        .await
        .expect("another method");
    let mut connection = test.database.acquire().await.expect("a connection");
    let live = queries::payment_of(&mut connection, BOOKING).await.expect("reads").expect("is there");
    assert_eq!((live.intent.id, live.legs.len()), (payment.intent.id, 2));
}

#[tokio::test]
async fn every_method_is_a_row() {
    let test = TestDatabase::new().await;
    let mut rows: Vec<String> =
        sqlx::query_scalar("SELECT method FROM payment_methods").fetch_all(test.database.pool()).await.expect("reads");
    let mut methods = PaymentMethod::ALL.map(PaymentMethod::as_str).to_vec();
    rows.sort();
    methods.sort_unstable();
    assert_eq!(rows, methods);
}

#[tokio::test]
async fn what_a_leg_captured_is_the_sum_of_its_receipts_each_counted_once() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (_, leg) = open(&test, &chance, PaymentMethod::Card).await.expect("opens");
    receive(&test, &chance, leg, "one", 1_000).await.expect("is recorded");
    let known = receive(&test, &chance, leg, "one", 1_000).await.expect("is known");
    assert_eq!((known.receipts.len(), known.legs[0].captured_minor, known.uncovered_minor()), (1, 1_000, 0));
    // Another charge of the same leg pays for nothing.
    let twice = receive(&test, &chance, leg, "two", 1_000).await.expect("is recorded");
    let leg = &twice.legs[0];
    assert_eq!((leg.captured_minor, leg.surplus_minor, leg.refunded_minor), (2_000, 1_000, 1_000));
    assert_eq!((twice.uncovered_minor(), twice.refunds.len()), (0, 1));
    assert_eq!(faults(&test).await, Vec::<String>::new());
    let stored: (i64, i64, i64) =
        sqlx::query_as("SELECT captured_minor, surplus_minor, refunded_minor FROM payment_legs")
            .fetch_one(test.database.pool())
            .await
            .expect("reads");
    assert_eq!(stored, (2_000, 1_000, 1_000), "the row is what was decided");
    let event = "INSERT INTO payment_receipts
                 SELECT gen_random_uuid(), leg_id, provider, event, 5, 0, currency, received_at FROM payment_receipts LIMIT 1";
    let refused = sqlx::query(event).execute(test.database.pool()).await.expect_err("an event is one receipt");
    assert_eq!(refused.as_database_error().and_then(|error| error.constraint()), Some("payment_receipts_once"));
}

#[tokio::test]
async fn what_a_server_of_the_previous_release_captures_counts_once() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (_, leg) = open(&test, &chance, PaymentMethod::Card).await.expect("opens");
    let mut tx = test.database.begin().await.expect("begins");
    sqlx::query(
        "UPDATE payment_legs SET state = 'captured', provider_ref = 'ref', captured_minor = 1000, updated_at = $1",
    )
    .bind(now())
    .execute(&mut *tx)
    .await
    .expect("captures");
    let captured = card_captured(BOOKING.into(), leg, leg.0, Money::new(1_000, Currency::Usd)).expect("balances");
    commands::post(&mut tx, &chance, now(), &[captured]).await.expect("posts");
    tx.commit().await.expect("commits");
    assert_eq!(faults(&test).await, Vec::<String>::new(), "it has a receipt");
    let known = receive(&test, &chance, leg, "ref", 1_000).await.expect("is known");
    assert_eq!((known.receipts.len(), known.kept_minor(), known.refunds.len()), (1, 1_000, 0));
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn each_part_is_posted_by_itself() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (_, leg) = open(&test, &chance, PaymentMethod::Crypto).await.expect("opens");
    receive(&test, &chance, leg, "one", 400).await.expect("is recorded");
    let whole = receive(&test, &chance, leg, "two", 600).await.expect("is recorded");
    assert_eq!((whole.receipts.len(), whole.uncovered_minor()), (2, 0));
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn legs_under_way_never_reserve_more_than_is_due() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (_, coins) = open_part(&test, &chance, PaymentMethod::Crypto, Some(300)).await.expect("opens");
    for asked in [0, -1, 701] {
        let refused = open_part(&test, &chance, PaymentMethod::Crypto, Some(asked)).await;
        assert!(
            matches!(refused, Err(PaymentsError::ShareTooLarge { left, .. }) if left.amount_minor == 700),
            "{refused:?}"
        );
    }
    // Four at once for a part of what is left: together they would be 1 200 of 700.
    let others = [2, 3, 4, 5].map(SeededChance::new);
    let opened = futures::future::join_all(
        others.iter().map(|chance| open_part(&test, chance, PaymentMethod::Crypto, Some(300))),
    );
    let opened = opened.await.into_iter().filter(Result::is_ok).count();
    assert_eq!(opened, 2);
    let (payment, card) = open(&test, &chance, PaymentMethod::Card).await.expect("the rest");
    assert_eq!((payment.legs.len(), payment.reserved_minor()), (4, 1_000));
    assert_eq!(payment.leg(card).expect("is there").share.amount_minor, 100);
    let refused = open(&test, &chance, PaymentMethod::Crypto).await;
    assert!(matches!(refused, Err(PaymentsError::AlreadyPaying)), "{refused:?}");
    let paid = receive(&test, &chance, coins, "one", 300).await.expect("is recorded");
    assert_eq!((paid.reserved_minor(), paid.uncovered_minor()), (1_000, 700));
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn legs_without_a_result_are_found_while_they_are_young() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (_, leg) = open(&test, &chance, PaymentMethod::Card).await.expect("opens");
    let pool = test.database.pool();
    let mut connection = test.database.acquire().await.expect("a connection");
    let unsettled = UnsettledLeg { id: leg, paid_for: BOOKING.into(), is_given_up: false };
    assert_eq!(queries::unsettled_legs(&mut connection, now()).await.expect("reads"), [unsettled]);
    assert_eq!(queries::unsettled_legs(&mut connection, now() + TimeDelta::seconds(1)).await.expect("reads"), []);
    sqlx::query("UPDATE payment_legs SET given_up_at = created_at").execute(pool).await.expect("gives up");
    let needless = UnsettledLeg { is_given_up: true, ..unsettled };
    assert_eq!(queries::unsettled_legs(&mut connection, now()).await.expect("reads"), [needless]);
    let fail = "UPDATE payment_legs SET state = 'failed', failure_code = $1";
    sqlx::query(fail).bind(NO_ANSWER).execute(pool).await.expect("fails");
    assert_eq!(queries::unsettled_legs(&mut connection, now()).await.expect("reads"), [unsettled]);
    sqlx::query(fail).bind("card_declined").execute(pool).await.expect("fails");
    assert_eq!(queries::unsettled_legs(&mut connection, now()).await.expect("reads"), []);
}

#[tokio::test]
async fn a_surplus_in_another_currency_is_in_the_books_too() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let (payment, leg) = open(&test, &chance, PaymentMethod::Card).await.expect("opens");
    let mut tx = test.database.begin().await.expect("begins");
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, payment.intent.id).await.expect("locks"));
    let update = LegUpdate::Received { event: "one".to_owned(), amount: Money::new(1_000, Currency::Eur) };
    assert!(!changes.record_result(&chance, now(), leg, None, update, true).expect("is recorded"));
    let refund = changes.owed().next().expect("goes back").id;
    commands::save(&mut tx, &chance, now(), &changes).await.expect("saves");
    tx.commit().await.expect("commits");
    assert_eq!(faults(&test).await, Vec::<String>::new());
    let mut tx = test.database.begin().await.expect("begins");
    let mut changes = PaymentChanges::of(commands::lock(&mut tx, payment.intent.id).await.expect("locks"));
    assert_eq!(changes.finish_refund(refund).expect("arrives"), None);
    commands::save(&mut tx, &chance, now(), &changes).await.expect("saves");
    tx.commit().await.expect("commits");
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn after_the_time_to_pay_nothing_begins() {
    let test = TestDatabase::new().await;
    let chance = SeededChance::new(1);
    let mut tx = test.database.begin().await.expect("begins");
    let new = NewIntent { pay_by: now(), ..new_intent() };
    let card = NewLeg { method: PaymentMethod::Card, provider: "sandbox", stored: None, amount: None, attempt: None };
    let refused = commands::open_leg(&mut tx, &chance, now(), None, new, card).await;
    assert!(matches!(refused, Err(PaymentsError::PayByPassed)), "{refused:?}");
}

/// What a migration does first, without the comment above it.
fn first_statement(file: &'static str) -> &'static str {
    let begin = file.find("\nDO $$ BEGIN LOCK TABLE").expect("it locks its tables");
    let above = file.get(..begin).unwrap_or_default();
    assert!(above.lines().all(|line| line.starts_with("--")), "nothing is locked before: {above}");
    let rest = file.get(begin..).unwrap_or_default();
    rest.split_inclusive("END $$;").next().unwrap_or_default()
}

#[tokio::test]
async fn migrating_waits_for_a_payment_under_way_and_neither_fails() {
    let test = TestDatabase::new().await;
    let ledger = include_str!("../../../../../migrations/20261130000201_generalise_ledger.sql");
    let payments = include_str!("../../../../../migrations/20261130000202_pay_by_methods.sql");
    // What a payment writes to first, and what later.
    let orders = [
        (
            ledger,
            "ledger_transfers",
            "LOCK TABLE ledger_transfers IN ROW EXCLUSIVE MODE",
            "LOCK TABLE ledger_accounts IN ROW EXCLUSIVE MODE",
        ),
        (
            payments,
            "payment_intents",
            "LOCK TABLE payment_intents IN ROW EXCLUSIVE MODE",
            "LOCK TABLE payment_legs IN ROW EXCLUSIVE MODE",
        ),
    ];
    for (file, table, first, later) in orders {
        let mut payment = test.database.begin().await.expect("begins");
        sqlx::query(first).execute(&mut *payment).await.expect("writes");
        let migration = async {
            let mut tx = test.database.begin().await?;
            sqlx::query(first_statement(file)).execute(&mut *tx).await?;
            tx.rollback().await
        };
        let payment = async {
            let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass)";
            while !sqlx::query_scalar(waits).bind(table).fetch_one(test.database.pool()).await? {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            sqlx::query(later).execute(&mut *payment).await?;
            payment.commit().await
        };
        let (migrated, paid): (Result<(), sqlx::Error>, Result<(), sqlx::Error>) = tokio::join!(migration, payment);
        assert!(migrated.is_ok() && paid.is_ok(), "{table}: {migrated:?} {paid:?}");
    }
}
