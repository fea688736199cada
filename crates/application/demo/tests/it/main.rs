//! Loading demo data into a real PostgreSQL.

use chrono::DateTime;
use database::testing::TestDatabase;
use demo::{LoadError, LoadOptions, SEED_DEFAULT, Size};
use payments::bulk::{LedgerAccountRow, PostingRow, TransferRow};
use uuid::Uuid;

fn options() -> LoadOptions {
    LoadOptions {
        size: Size::Lite,
        now: DateTime::parse_from_rfc3339("2026-11-23T09:17:42Z").expect("a valid moment").to_utc(),
        seed: SEED_DEFAULT,
        password_hash: "$argon2id$none".to_owned(),
    }
}

#[tokio::test]
async fn lite_loads_and_is_in_order() {
    let test = TestDatabase::new().await;
    assert!(!demo::is_loaded(&test.database).await.unwrap());

    let summary = demo::load(&test.database, &options(), &|_, _, _| {}).await.unwrap();

    assert_eq!((summary.celebrities, summary.people), (24, 69));
    assert!(demo::is_loaded(&test.database).await.unwrap());
    let findings = demo::check::check(&mut test.database.acquire().await.unwrap()).await.unwrap();
    assert!(findings.is_clean(), "{findings:?}");
}

#[tokio::test]
async fn a_second_load_is_refused() {
    let test = TestDatabase::new().await;
    demo::load(&test.database, &options(), &|_, _, _| {}).await.unwrap();
    let refused = demo::load(&test.database, &options(), &|_, _, _| {}).await;
    assert!(matches!(refused, Err(LoadError::AlreadyLoaded { size }) if size == "lite"));
}

#[tokio::test]
async fn of_two_loads_at_once_one_wins() {
    let test = TestDatabase::new().await;
    let (database, options) = (&test.database, options());
    let (one, other) =
        tokio::join!(demo::load(database, &options, &|_, _, _| {}), demo::load(database, &options, &|_, _, _| {}));
    assert!(one.is_ok() != other.is_ok());
}

#[tokio::test]
async fn a_load_that_stops_half_way_leaves_nothing() {
    let test = TestDatabase::new().await;
    let (database, options) = (test.database.clone(), options());
    let load = tokio::spawn(async move {
        let stop = |what: &str, _, _| assert_ne!(what, "card payments", "the power goes out here");
        demo::load(&database, &options, &stop).await
    });
    assert!(load.await.is_err());

    let summary = demo::load(&test.database, &self::options(), &|_, _, _| {}).await.unwrap();
    assert_eq!(summary.people, 69);
}

#[tokio::test]
async fn a_load_that_does_not_balance_is_refused() {
    let test = TestDatabase::new().await;
    let (account_id, transfer_id, now) = (Uuid::from_u128(1), Uuid::from_u128(2), options().now);
    let mut tx = test.database.begin().await.unwrap();
    let (kind, currency) = ("commission".into(), "USD".into());
    let account = LedgerAccountRow { id: account_id, kind, owner_id: Uuid::nil(), currency, created_at: now };
    payments::bulk::copy_ledger_accounts(&mut tx, [account]).await.unwrap();
    let template = "lost".into();
    let transfer = TransferRow { id: transfer_id, template, booking_id: None, leg_id: None, occurred_at: now };
    payments::bulk::copy_transfers(&mut tx, [transfer]).await.unwrap();
    let posting =
        |position| PostingRow { transfer_id, position, account_id, amount_minor: 500, currency: "USD".into() };
    assert!(payments::bulk::copy_postings(&mut tx, [posting(0), posting(1)]).await.is_err());
}
