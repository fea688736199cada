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

/// Registers a guarded kind of account, and returns two of them.
async fn guarded(test: &TestDatabase) -> (Account, Account) {
    let purse = "INSERT INTO ledger_account_kinds (kind, normal_side, may_be_overdrawn, is_guarded, meaning)
                 VALUES ('purse', 'credit', false, true, 'for a test')";
    sqlx::query(purse).execute(test.database.pool()).await.expect("registers");
    (Account { kind: "purse", owner: Uuid::from_u128(70) }, Account { kind: "purse", owner: Uuid::from_u128(71) })
}

/// What guarded accounts carry; zero for others.
async fn balances(test: &TestDatabase, accounts: &[Account]) -> Vec<i64> {
    let mut carried = Vec::new();
    for account in accounts {
        let balance = "SELECT coalesce(max(balance_minor), 0) FROM ledger_accounts WHERE kind = $1 AND owner_id = $2";
        let balance = sqlx::query_scalar(balance).bind(account.kind).bind(account.owner);
        carried.push(balance.fetch_one(test.database.pool()).await.expect("reads"));
    }
    carried
}

async fn faults(test: &TestDatabase) -> Vec<String> {
    let mut connection = test.database.acquire().await.expect("a connection");
    ledger::queries::check(&mut connection).await.expect("can be read").faults
}

#[tokio::test]
async fn a_guarded_account_says_its_balance_after_each_posting_and_never_falls_below_zero() {
    let test = TestDatabase::new().await;
    let (one, two) = guarded(&test).await;
    // Opened and moved in one statement, then moved again, twice in one statement.
    record(&test, 1, &[transfer(1, CLEARING, one, 500), transfer(2, one, two, 200)]).await.expect("posts");
    record(&test, 2, &[transfer(3, one, two, 100), transfer(4, two, one, 50), transfer(1, CLEARING, one, 500)])
        .await
        .expect("posts");
    assert_eq!(balances(&test, &[one, two, CLEARING]).await, [250, 250, 0]);
    let said = "SELECT p.balance_minor FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id
                WHERE a.owner_id = $1 ORDER BY p.version";
    let said: Vec<i64> = sqlx::query_scalar(said).bind(one.owner).fetch_all(test.database.pool()).await.expect("reads");
    assert_eq!(said, [500, 300, 200, 250]);
    let refused = record(&test, 3, &[transfer(5, one, two, 251)]).await;
    assert!(matches!(refused, Err(LedgerError::Overdrawn)), "{refused:?}");
    assert_eq!(balances(&test, &[one, two]).await, [250, 250]);
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn those_who_move_between_the_same_guarded_accounts_at_once_wait_and_do_not_lock_each_other_out() {
    let test = TestDatabase::new().await;
    let (one, two) = guarded(&test).await;
    record(&test, 1, &[transfer(1, CLEARING, one, 1_000), transfer(2, CLEARING, two, 1_000)]).await.expect("posts");
    for round in 0..20_u128 {
        let there = [transfer(100 + round * 2, one, two, 7)];
        let back = [transfer(101 + round * 2, two, one, 7)];
        let seed = u64::try_from(round).expect("small");
        let (there, back) = tokio::join!(record(&test, 10 + seed, &there), record(&test, 50 + seed, &back));
        there.and(back).expect("both post");
    }
    assert_eq!(balances(&test, &[one, two]).await, [1_000, 1_000]);
    assert_eq!(faults(&test).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_transfer_is_taken_back_once_by_another() {
    let test = TestDatabase::new().await;
    let (one, _) = guarded(&test).await;
    let came = transfer(1, CLEARING, one, 500);
    record(&test, 1, std::slice::from_ref(&came)).await.expect("posts");
    record(&test, 2, &[came.reversal("test_reversed")]).await.expect("posts");
    record(&test, 3, &[came.reversal("test_reversed")]).await.expect("is the same again");
    let other = record(&test, 4, &[came.reversal("test_undone")]).await;
    assert!(matches!(other, Err(LedgerError::Reversed)), "{other:?}");
    assert_eq!(balances(&test, &[one]).await, [0]);
    let mut connection = test.database.acquire().await.expect("a connection");
    let lines = ledger::queries::statement(&mut connection, "purse", one.owner).await.expect("reads");
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.template.as_str(), line.amount.amount_minor, line.balance.amount_minor))
        .collect();
    assert_eq!(lines, [("test", -500, -500), ("test_reversed", 500, 0)]);
}

#[tokio::test]
async fn the_check_names_a_guarded_account_that_somebody_changed_by_hand() {
    let test = TestDatabase::new().await;
    let (one, two) = guarded(&test).await;
    record(&test, 1, &[transfer(1, CLEARING, one, 500), transfer(2, one, two, 200)]).await.expect("posts");
    let changed = "UPDATE ledger_accounts SET balance_minor = 301 WHERE owner_id = $1";
    sqlx::query(changed).bind(one.owner).execute(test.database.pool()).await.expect("changes");
    let found = faults(&test).await;
    let last = transfer_id("test", Uuid::from_u128(2));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(&format!("purse of {}", one.owner)) && found[0].contains(&last.to_string()), "{found:?}");
    assert!(found[0].contains("add up to 300") && found[0].contains("the account 301"), "{found:?}");
}
