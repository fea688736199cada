//! A test's schema is its own, and others can open it.

use chrono::DateTime;
use database::testing::TestDatabase;
use database::{Database, installation};

#[tokio::test]
async fn two_tests_share_nothing() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    let now = DateTime::UNIX_EPOCH;
    installation::value_or_insert(&one.database, "colour", "red", now).await.expect("inserts");
    assert_eq!(installation::value(&one.database, "colour").await.expect("reads").as_deref(), Some("red"));
    assert_eq!(installation::value(&other.database, "colour").await.expect("reads"), None);
}

#[tokio::test]
async fn a_second_pool_sees_the_same_rows() {
    let test = TestDatabase::new().await;
    installation::value_or_insert(&test.database, "colour", "red", DateTime::UNIX_EPOCH).await.expect("inserts");
    let second = Database::connect(&test.config()).await.expect("connects");
    assert_eq!(installation::value(&second, "colour").await.expect("reads").as_deref(), Some("red"));
}

#[tokio::test]
async fn the_schema_goes_when_the_test_ends() {
    let test = TestDatabase::new().await;
    let config = test.config();
    let schema = config.schema.clone().expect("a test has a schema");
    drop(test);
    let elsewhere = Database::connect(&database::DatabaseConfig { schema: None, ..config }).await.expect("connects");
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_namespace WHERE nspname = $1")
        .bind(schema)
        .fetch_one(elsewhere.pool())
        .await
        .expect("counts");
    assert_eq!(left, 0);
}
