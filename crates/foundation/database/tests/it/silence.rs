//! Connections that went silent: the network takes what is said and brings no answer, while new connections are fine.

use std::time::{Duration, Instant};

use database::testing::{SilentProxy, TestDatabase};
use database::{Database, DatabaseConfig};
use futures::future::join_all;

/// Far more than what is waited for, and far less than without limits.
const SOON: Duration = Duration::from_secs(8);

/// The server of a test behind a proxy, and a pool on it that waits a second for answers.
async fn behind_a_proxy(test: &TestDatabase) -> (SilentProxy, Database) {
    let config = test.config();
    let proxy = SilentProxy::before(config.url.expose()).await.expect("it listens");
    let config = DatabaseConfig {
        connections_max: 4,
        schema: config.schema,
        silence_max: Some(Duration::from_secs(1)),
        ..DatabaseConfig::new(proxy.url())
    };
    let database = Database::connect(&config).await.expect("connects");
    (proxy, database)
}

async fn ask(database: &Database) -> Result<i32, database::Error> {
    sqlx::query_scalar("SELECT 1").fetch_one(database.pool()).await
}

/// Opens all connections of the pool, and gives them back.
async fn use_all(database: &Database) {
    let all = join_all((0..4).map(|_| database.acquire())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    drop(all);
    assert_eq!((database.pool().size(), database.pool().num_idle()), (4, 4));
}

#[tokio::test]
async fn idle_connections_that_went_silent_cost_one_caller_a_moment_and_are_all_replaced() {
    let test = TestDatabase::new().await;
    let (proxy, database) = behind_a_proxy(&test).await;
    use_all(&database).await;
    proxy.go_silent().await;
    tokio::time::sleep(Duration::from_millis(120)).await;

    let began = Instant::now();
    for _ in 0..8 {
        assert_eq!(ask(&database).await.expect("the one that is tested does not answer, a new one does"), 1);
    }
    // The test takes a second; without it each caller would wait for an answer as long as an answer may take.
    assert!(began.elapsed() < Duration::from_secs(3), "took {:?}", began.elapsed());
    database.ping().await.expect("the server answers");
}

#[tokio::test]
async fn what_is_under_way_when_the_network_goes_silent_fails_and_gives_its_place_back() {
    let test = TestDatabase::new().await;
    let (proxy, database) = behind_a_proxy(&test).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut tx = database.begin().await.expect("begins");
        sqlx::query("SELECT 1").execute(&mut *tx).await.expect("answers");
        open.push(tx);
    }
    let slow = tokio::spawn({
        let database = database.clone();
        async move { sqlx::query("SELECT pg_sleep(4)").execute(database.pool()).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    proxy.go_silent().await;
    let began = Instant::now();
    assert!(slow.await.expect("it does not panic").is_err(), "its answer never comes");
    // One is committed, one rolled back, and one is dropped as by a caller that went away.
    let [mut first, second, third] = <[_; 3]>::try_from(open).expect("there are three");
    assert!(sqlx::query("SELECT 1").execute(&mut *first).await.is_err());
    assert!(first.commit().await.is_err(), "nobody confirms it");
    assert!(second.rollback().await.is_err());
    drop(third);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    use_all(&database).await;
    assert!(began.elapsed() < SOON, "took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_statement_that_is_dropped_leaves_a_connection_that_can_be_used() {
    let test = TestDatabase::new().await;
    let database = Database::connect(&DatabaseConfig { connections_max: 1, ..test.config() }).await.expect("connects");
    let dropped =
        tokio::time::timeout(Duration::from_millis(50), sqlx::query("SELECT pg_sleep(0.3)").execute(database.pool()));
    assert!(dropped.await.is_err(), "it takes longer");
    let mut tx = database.begin().await.expect("begins");
    sqlx::query("INSERT INTO installation (name, value, created_at) VALUES ('a', 'b', now())")
        .execute(&mut *tx)
        .await
        .expect("inserts");
    drop(tx);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM installation WHERE name = 'a'")
        .fetch_one(database.pool())
        .await
        .expect("counts");
    assert_eq!(left, 0, "what was dropped is rolled back");
    assert_eq!(database.pool().size(), 1, "on the one connection");
}

/// As in sqlx's issue 4393, where the next one who takes the connection works in a transaction that nobody ends.
#[tokio::test]
async fn a_transaction_that_is_given_up_while_it_begins_is_left_to_nobody() {
    let test = TestDatabase::new().await;
    let database = Database::connect(&DatabaseConfig { connections_max: 1, ..test.config() }).await.expect("connects");
    for looks in 1..40 {
        ask(&database).await.expect("the connection is open");
        let mut begin = Box::pin(database.begin());
        for _ in 0..looks {
            if futures::poll!(&mut begin).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        tokio::time::sleep(Duration::from_millis(2)).await;
        let process: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(database.pool()).await.expect("it can be used");
        let state: String = sqlx::query_scalar("SELECT state FROM pg_stat_activity WHERE pid = $1")
            .bind(process)
            .fetch_one(test.database.pool())
            .await
            .expect("it is there");
        assert_eq!(state, "idle", "given up after {looks} looks");
    }
}

#[tokio::test]
async fn closing_is_bounded_when_nobody_answers() {
    let test = TestDatabase::new().await;
    let (proxy, database) = behind_a_proxy(&test).await;
    use_all(&database).await;
    let mut kept = database.begin().await.expect("begins");
    proxy.go_silent().await;
    let began = Instant::now();
    let waits = tokio::spawn(async move { sqlx::query("SELECT 1").execute(&mut *kept).await.map(drop) });
    database.close().await;
    assert!(began.elapsed() < SOON, "took {:?}", began.elapsed());
    assert!(waits.await.expect("it does not panic").is_err(), "it was cut off");
    assert!(matches!(ask(&database).await, Err(database::Error::PoolClosed)));
}

#[tokio::test]
async fn a_busy_pool_does_not_make_the_server_look_dead() {
    let test = TestDatabase::new().await;
    let (proxy, database) = behind_a_proxy(&test).await;
    let all = join_all((0..4).map(|_| database.acquire())).await;
    database.ping().await.expect("the server answers");
    proxy.go_silent().await;
    database.ping().await.expect("and it answers anew");
    drop(all);
}
