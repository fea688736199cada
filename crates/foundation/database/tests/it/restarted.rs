//! A server that ends every connection at once, as one that crashes does.

use std::time::Duration;

use database::Database;
use database::testing::TestDatabase;

async fn ask(database: &Database) -> Result<i32, database::Error> {
    sqlx::query_scalar("SELECT 1").fetch_one(database.pool()).await
}

#[tokio::test]
async fn a_transaction_begins_though_every_idle_connection_has_ended() {
    let test = TestDatabase::new().await;
    assert!(test.end_connections().await > 1);
    let mut tx = test.database.begin().await.expect("on a new connection");
    let written = sqlx::query("INSERT INTO installation (name, value, created_at) VALUES ('a', 'b', now())");
    written.execute(&mut *tx).await.expect("inserts");
    tx.commit().await.expect("it is kept");
    assert_eq!(test.database.pool().size(), 1, "the ended ones are closed");
}

#[tokio::test]
async fn after_a_moment_no_statement_meets_a_connection_that_has_ended() {
    let test = TestDatabase::new().await;
    assert!(test.end_connections().await > 1);
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(ask(&test.database).await.expect("it was tested first"), 1);
}

#[tokio::test]
async fn a_transaction_that_has_begun_is_not_begun_anew() {
    let test = TestDatabase::new().await;
    let mut tx = test.database.begin().await.expect("begins");
    let id: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx).await.expect("answers");
    let end = sqlx::query("SELECT pg_terminate_backend($1, 5000)").bind(id);
    end.execute(test.database.pool()).await.expect("ends it");
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(sqlx::query("SELECT 1").execute(&mut *tx).await.is_err());
    assert!(tx.commit().await.is_err(), "nobody knows what was written");
}
