//! Posting to real books.

use database::testing::TestDatabase;
use kernel::{Currency, Instant, Money, SeededChance};
use ledger::{Account, LedgerError, Posting, Thing, Transfer, post, transfer_id};
use uuid::Uuid;

const CLEARING: Account = Account { kind: "provider_clearing", owner: Uuid::nil() };
const BOOKING: Thing = Thing { kind: "booking", id: Uuid::from_u128(5) };
const ESCROW: Account = Account { kind: "booking_escrow", owner: BOOKING.id };

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().expect("a moment")
}

fn transfer(number: u128, debited: Account, credited: Account, amount_minor: i64) -> Transfer {
    let line = |account, amount_minor| Posting { account, amount: Money::new(amount_minor, Currency::Usd) };
    let postings = [line(debited, amount_minor), line(credited, -amount_minor)];
    let id = transfer_id("test", Uuid::from_u128(number));
    Transfer::new(id, "test", BOOKING, Some(Thing { kind: "payment_leg", id: Uuid::from_u128(6) }), postings)
        .expect("balances")
}

async fn record(test: &TestDatabase, seed: u64, transfers: &[Transfer]) -> Result<(), LedgerError> {
    let mut tx = test.database.begin().await?;
    post(&mut tx, &SeededChance::new(seed), now(), transfers).await?;
    Ok(tx.commit().await?)
}

async fn counts(test: &TestDatabase) -> (i64, i64, i64) {
    let counts = "SELECT (SELECT count(*) FROM ledger_accounts), (SELECT count(*) FROM ledger_transfers),
                         (SELECT count(*) FROM ledger_postings)";
    sqlx::query_as(counts).fetch_one(test.database.pool()).await.expect("counts")
}

#[tokio::test]
async fn several_transfers_are_recorded_at_once_and_once() {
    let test = TestDatabase::new().await;
    let transfers = [transfer(1, CLEARING, ESCROW, 500), transfer(2, CLEARING, ESCROW, 70)];
    record(&test, 1, &transfers).await.expect("posts");
    assert_eq!(counts(&test).await, (2, 2, 4));
    // Known ones stay as they are beside new ones.
    let again = [transfer(1, CLEARING, ESCROW, 500), transfer(3, ESCROW, CLEARING, 70)];
    record(&test, 2, &again).await.expect("posts");
    assert_eq!(counts(&test).await, (2, 3, 6));
    let mut connection = test.database.acquire().await.expect("a connection");
    let report = ledger::queries::check(&mut connection).await.expect("can be read");
    assert_eq!(report.faults, Vec::<String>::new());
    let clearing = report.balances.iter().find(|line| line.kind == "provider_clearing").expect("stands there");
    assert_eq!(clearing.balance_minor, 500);
    // The columns that the previous release reads.
    let carried: (Uuid, Uuid) = sqlx::query_as("SELECT booking_id, leg_id FROM ledger_transfers LIMIT 1")
        .fetch_one(&mut *connection)
        .await
        .expect("reads");
    assert_eq!(carried, (BOOKING.id, Uuid::from_u128(6)));
}

#[tokio::test]
async fn another_movement_under_a_known_id_is_an_error() {
    let test = TestDatabase::new().await;
    record(&test, 1, &[transfer(1, CLEARING, ESCROW, 500)]).await.expect("posts");
    for other in [transfer(1, CLEARING, ESCROW, 501), transfer(1, ESCROW, CLEARING, 500)] {
        let refused = record(&test, 2, &[transfer(2, CLEARING, ESCROW, 1), other]).await;
        assert!(matches!(refused, Err(LedgerError::Mismatch { .. })), "{refused:?}");
    }
    assert_eq!(counts(&test).await, (2, 1, 2), "nothing of what came with it is recorded");
}

#[tokio::test]
async fn two_that_open_the_same_account_at_once_share_it() {
    let test = TestDatabase::new().await;
    for seed in 0..10 {
        let round = u128::from(seed);
        let owner = Uuid::from_u128(100 + round);
        let escrow = Account { kind: "booking_escrow", owner };
        let one = [transfer(1_000 + round * 10, CLEARING, escrow, 5)];
        let two = [transfer(1_001 + round * 10, CLEARING, escrow, 5)];
        let (one, two) = tokio::join!(record(&test, 10 + seed, &one), record(&test, 20 + seed, &two));
        one.and(two).expect("both post");
    }
    assert_eq!(counts(&test).await, (11, 20, 40));
}

#[tokio::test]
async fn an_account_of_a_kind_that_nobody_registered_is_refused() {
    let test = TestDatabase::new().await;
    let unknown = Account { kind: "piggy_bank", owner: Uuid::nil() };
    assert!(matches!(record(&test, 1, &[transfer(1, CLEARING, unknown, 5)]).await, Err(LedgerError::Database(_))));
}

#[tokio::test]
async fn the_check_names_what_is_overdrawn() {
    let test = TestDatabase::new().await;
    record(&test, 1, &[transfer(1, ESCROW, CLEARING, 5)]).await.expect("posts");
    let mut connection = test.database.acquire().await.expect("a connection");
    let faults = ledger::queries::check(&mut connection).await.expect("can be read").faults;
    assert_eq!(faults, [format!("booking_escrow of {} is overdrawn by 5 USD", BOOKING.id)]);
}
