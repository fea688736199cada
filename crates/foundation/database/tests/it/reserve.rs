//! A pool that is used up: payments still get a connection, and the server still counts as there.

use std::time::Duration;

use database::testing::TestDatabase;
use database::with_reserve;
use tokio::time::timeout;

#[tokio::test]
async fn what_is_paid_for_and_the_probe_do_not_wait_for_a_pool_that_is_used_up() {
    let test = TestDatabase::new().await;
    let database = &test.database;
    let mut held = Vec::new();
    for _ in 0..database.pool().size_max() {
        held.push(database.acquire().await.expect("there is one"));
    }
    // A moment is enough to see that nobody else is served: nothing is given back.
    assert!(timeout(Duration::from_millis(100), database.acquire()).await.is_err());
    let mut tx = with_reserve(database.begin()).await.expect("one is kept");
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *tx).await.expect("it works");
    assert_eq!(one, 1);
    database.ping().await.expect("it has a connection of its own");
    // The reserve is used up as well now; an ordinary connection that comes back serves whoever may take either.
    let waiting = with_reserve(database.acquire());
    held.pop();
    waiting.await.expect("it was given back");
    tx.rollback().await.expect("it goes back");
}
