//! Loading into a real PostgreSQL.

use chrono::DateTime;
use database::testing::TestDatabase;
use demo::{LoadError, LoadOptions, SEED_DEFAULT, Size};

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
