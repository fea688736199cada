//! One member's bad luck stays its own: a lock that somebody holds, a refusal, a failure after a commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use database::group_commit::{Group, GroupCommits, LostOutcome, Outcomes};
use database::testing::TestDatabase;
use database::{Connection, Database};
use kernel::{Fault, FaultKind};

/// Writes numbers into a table, each under the advisory lock of its number.
struct Numbers {
    database: Database,
    writes: AtomicUsize,
}

/// Larger numbers are refused by a constraint, which fails the whole statement.
const NUMBER_MAX: i64 = 1_000;
/// Writing it commits, and then fails.
const FAILS_AFTER_COMMIT: i64 = -1;
/// Whoever writes it stops without a word.
const PANICS: i64 = -2;

#[derive(Debug, thiserror::Error)]
enum NumbersError {
    #[error("the numbers could not be written")]
    Database(#[from] database::Error),
    #[error(transparent)]
    Lost(#[from] LostOutcome),
    #[error(transparent)]
    Shared(#[from] Arc<NumbersError>),
    #[error("the cable was cut after the commit")]
    AfterCommit,
}

impl Fault for NumbersError {
    fn kind(&self) -> FaultKind {
        FaultKind::Broken
    }

    fn code(&self) -> &'static str {
        "internal"
    }
}

impl Group for Numbers {
    type Member = i64;
    type Outcome = i64;
    type Error = NumbersError;

    fn database(&self) -> &Database {
        &self.database
    }

    async fn write(
        &self,
        connection: &mut Connection,
        members: &[i64],
        patience: Duration,
        outcomes: &mut Outcomes<i64, NumbersError>,
    ) -> Result<(), NumbersError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        assert!(!members.contains(&PANICS), "a member that nobody can write");
        sqlx::query(
            "WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', $2, true) AS set),
                  locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(number)
                    FROM patience, unnest($1::bigint[]) AS number WHERE set <> '')
             INSERT INTO numbers SELECT number FROM unnest($1::bigint[]) AS number WHERE (SELECT count(*) FROM locked) > 0",
        )
        .bind(members)
        .bind(patience.as_millis().to_string())
        .execute(connection)
        .await?;
        for (index, member) in members.iter().enumerate() {
            outcomes.record(index, Ok(*member));
            if *member == FAILS_AFTER_COMMIT {
                return Err(NumbersError::AfterCommit);
            }
        }
        Ok(())
    }
}

struct Bench {
    test: TestDatabase,
    numbers: Arc<Numbers>,
    queues: GroupCommits,
}

impl Bench {
    async fn new() -> Self {
        let test = TestDatabase::new().await;
        let table = format!("CREATE TABLE numbers (number bigint PRIMARY KEY CHECK (number <= {NUMBER_MAX}))");
        sqlx::raw_sql(sqlx::AssertSqlSafe(table)).execute(test.database.pool()).await.expect("creates");
        let numbers = Arc::new(Numbers { database: test.database.clone(), writes: AtomicUsize::new(0) });
        Self { test, numbers, queues: GroupCommits::default() }
    }

    async fn submit(&self, number: i64) -> Result<i64, NumbersError> {
        self.queues.of::<Numbers>().submit(&self.numbers, number).await
    }

    async fn stored(&self) -> Vec<i64> {
        sqlx::query_scalar("SELECT number FROM numbers ORDER BY number")
            .fetch_all(self.test.database.pool())
            .await
            .expect("reads")
    }
}

#[tokio::test]
async fn those_that_arrive_together_share_a_write() {
    let bench = Bench::new().await;
    let all = futures::future::join_all((1..=40).map(|number| bench.submit(number))).await;
    assert!(all.into_iter().all(|one| one.is_ok()));
    assert_eq!(bench.stored().await, (1..=40).collect::<Vec<_>>());
    let writes = bench.numbers.writes.load(Ordering::SeqCst);
    assert!(writes < 10, "forty members took {writes} writes");
}

#[tokio::test]
async fn a_lock_that_somebody_holds_stops_only_who_wants_it() {
    let bench = Bench::new().await;
    let mut holder = bench.test.database.begin().await.expect("begins");
    sqlx::query("SELECT pg_advisory_xact_lock(7)").execute(&mut *holder).await.expect("locks");

    let stuck = bench.submit(7);
    let mut stuck = std::pin::pin!(stuck);
    let others = futures::future::join_all((1..=6).chain(8..=20).map(|number| bench.submit(number)));
    let others = tokio::select! {
        told = &mut stuck => panic!("the lock is held, but the member was told {told:?}"),
        others = others => others,
    };
    assert!(others.into_iter().all(|one| one.is_ok()), "the others do not wait for it");
    assert!(!bench.stored().await.contains(&7));

    holder.rollback().await.expect("gives the lock back");
    assert_eq!(stuck.await.expect("written once the lock is free"), 7);
    assert!(bench.stored().await.contains(&7));
}

#[tokio::test]
async fn one_that_can_never_be_written_is_refused_alone() {
    let bench = Bench::new().await;
    let (refused, others) = tokio::join!(
        bench.submit(NUMBER_MAX + 1),
        futures::future::join_all((1..=10).map(|number| bench.submit(number)))
    );
    assert!(matches!(refused, Err(NumbersError::Database(_))), "{refused:?}");
    assert!(others.into_iter().all(|one| one.is_ok()));
    assert_eq!(bench.stored().await, (1..=10).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_was_committed_is_told_as_such_whatever_follows() {
    let bench = Bench::new().await;
    assert_eq!(bench.submit(FAILS_AFTER_COMMIT).await.expect("it was committed"), FAILS_AFTER_COMMIT);
    assert_eq!(bench.stored().await, [FAILS_AFTER_COMMIT]);
}

#[tokio::test]
async fn a_writer_that_stops_leaves_nobody_waiting_and_gives_its_turn_back() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        assert!(matches!(bench.submit(PANICS).await, Err(NumbersError::Lost(LostOutcome))));
    }
    assert_eq!(bench.submit(1).await.expect("the turns are free again"), 1);
}
