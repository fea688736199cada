//! Loading demo data into a real PostgreSQL.

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

#[tokio::test]
async fn a_load_in_which_one_cent_is_lost_is_refused_and_leaves_nothing() {
    let test = TestDatabase::new().await;
    let pool = test.database.pool();
    for statement in [
        "CREATE SEQUENCE copied",
        "CREATE FUNCTION lose_a_cent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('copied') = 100 THEN NEW.amount_minor = NEW.amount_minor - 1; END IF;
           RETURN NEW;
         END $$",
        "CREATE TRIGGER lose_a_cent BEFORE INSERT ON ledger_postings FOR EACH ROW EXECUTE FUNCTION lose_a_cent()",
    ] {
        sqlx::query(statement).execute(pool).await.unwrap();
    }
    let refused = demo::load(&test.database, &options(), &|_, _, _| {}).await.map(drop);
    let told = refused.map_err(|error| kernel::Causes(&error).to_string());
    assert!(told.as_ref().is_err_and(|told| told.contains("does not balance")), "{told:?}");
    let left: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM ledger_postings)")
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert!(!demo::is_loaded(&test.database).await.unwrap());
}

#[tokio::test]
async fn after_a_load_the_database_itself_refuses_what_does_not_balance() {
    let test = TestDatabase::new().await;
    demo::load(&test.database, &options(), &|_, _, _| {}).await.unwrap();
    let mut tx = test.database.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO ledger_transfers (id, template, subject_kind, subject_id, occurred_at)
         SELECT gen_random_uuid(), 'lost', subject_kind, subject_id, occurred_at FROM ledger_transfers LIMIT 1",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    let refused = sqlx::query(
        "INSERT INTO ledger_postings (transfer_id, position, account_id, amount_minor, currency)
         SELECT t.id, position, a.id, 500, a.currency FROM ledger_transfers t, (SELECT * FROM ledger_accounts LIMIT 1) a,
           unnest('{0,1}'::smallint[]) AS position WHERE t.template = 'lost'",
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| error.to_string());
    assert!(refused.as_ref().is_err_and(|told| told.contains("balance")), "{refused:?}");
}
