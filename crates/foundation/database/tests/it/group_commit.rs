//! One member's bad luck stays its own: a lock that somebody holds, a refusal, a failure after a commit.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use database::group_commit::{Group, GroupCommits, LostOutcome, Outcomes};
use database::testing::TestDatabase;
use database::{Connection, Database};
use kernel::{Fault, FaultKind};

/// Writes numbers into a table, each under the advisory lock of its number.
struct Numbers {
    database: Database,
    writes: AtomicUsize,
    /// The keys of the groups that are being written.
    at_once: Mutex<Vec<Vec<i64>>>,
    /// Whether groups were written at the same moment.
    were_beside: AtomicBool,
    /// Whether two of those had the same key.
    had_same_key: AtomicBool,
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
    /// Tens of numbers count as one calendar.
    type LockKey = i64;

    fn database(&self) -> &Database {
        &self.database
    }

    fn lock_key(member: &i64) -> i64 {
        member / 10
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
        let keys: Vec<i64> = members.iter().map(Self::lock_key).collect();
        {
            let mut at_once = self.at_once.lock().expect("no writer panics here");
            let is_doubled = at_once.iter().flatten().any(|key| keys.contains(key));
            self.had_same_key.fetch_or(is_doubled, Ordering::SeqCst);
            self.were_beside.fetch_or(!at_once.is_empty(), Ordering::SeqCst);
            at_once.push(keys.clone());
        }
        let written = sqlx::query(
            "WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', $2, true) AS set),
                  locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(number)
                    FROM patience, unnest($1::bigint[]) AS number WHERE set <> '')
             INSERT INTO numbers SELECT number FROM unnest($1::bigint[]) AS number WHERE (SELECT count(*) FROM locked) > 0",
        )
        .bind(members)
        .bind(patience.as_millis().to_string())
        .execute(connection)
        .await;
        self.at_once.lock().expect("no writer panics here").retain(|others| *others != keys);
        written?;
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
        let numbers = Arc::new(Numbers {
            database: test.database.clone(),
            writes: AtomicUsize::new(0),
            at_once: Mutex::default(),
            were_beside: AtomicBool::new(false),
            had_same_key: AtomicBool::new(false),
        });
        Self { test, numbers, queues: GroupCommits::default() }
    }

    async fn submit(&self, number: i64) -> Result<i64, NumbersError> {
        self.queues.of::<Numbers>().submit(&self.numbers, number).await
    }

    async fn execute(&self, statements: &'static str) {
        sqlx::raw_sql(statements).execute(self.test.database.pool()).await.expect("the test database answers");
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
async fn groups_beside_each_other_lock_different_things() {
    let bench = Bench::new().await;
    let all = futures::future::join_all((1..=200).map(|number| bench.submit(number))).await;
    let failed: Vec<_> = all.iter().filter(|one| one.is_err()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(!bench.numbers.had_same_key.load(Ordering::SeqCst), "who would wait for a group waits in the queue");
    assert!(bench.numbers.were_beside.load(Ordering::SeqCst), "two groups are written at a time");
    assert_eq!(bench.stored().await, (1..=200).collect::<Vec<_>>(), "nobody is left in the queue");
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
async fn many_wait_little_for_the_lock_that_one_of_them_wants() {
    let bench = Bench::new().await;
    let mut holder = bench.test.database.begin().await.expect("begins");
    sqlx::query("SELECT pg_advisory_xact_lock(70)").execute(&mut *holder).await.expect("locks");
    let stuck = bench.submit(70);
    let mut stuck = std::pin::pin!(stuck);
    let began = std::time::Instant::now();
    let others = futures::future::join_all((1..=31).filter(|ten| *ten != 7).map(|ten| bench.submit(ten * 10)));
    tokio::select! {
        told = &mut stuck => panic!("the lock is held, but the member was told {told:?}"),
        others = others => assert!(others.into_iter().all(|one| one.is_ok())),
    }
    assert!(began.elapsed() < Duration::from_millis(2_500), "one by one they would take a quarter of a second each");
    holder.rollback().await.expect("gives the lock back");
    assert_eq!(stuck.await.expect("written once the lock is free"), 70);
}

#[tokio::test]
async fn who_is_stuck_for_too_long_is_refused_and_not_written() {
    let bench = Bench::new().await;
    let mut holder = bench.test.database.begin().await.expect("begins");
    sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut *holder).await.expect("waits");
    sqlx::query("SELECT pg_advisory_xact_lock(number) FROM generate_series(70, 79) AS number")
        .execute(&mut *holder)
        .await
        .expect("locks");
    let began = std::time::Instant::now();
    let all = futures::future::join_all((70..80).map(|number| bench.submit(number))).await;
    assert!(all.into_iter().all(|one| one.is_err()), "nobody got the lock");
    assert!(
        began.elapsed() < Duration::from_millis(9_900),
        "told while the callers still listen: {:?}",
        began.elapsed()
    );
    holder.rollback().await.expect("gives the locks back");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bench.stored().await, [0; 0], "nobody is written behind their caller's back");
}

/// As a migration has it, or somebody by hand. A statement waits for it before it can say how long it would.
#[tokio::test]
async fn a_table_that_is_locked_as_a_whole_is_not_waited_for_long() {
    let bench = Bench::new().await;
    let mut holder = bench.test.database.begin().await.expect("begins");
    sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE numbers IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *holder)
        .await
        .expect("locks");
    let began = std::time::Instant::now();
    let first = async { (bench.submit(1).await, began.elapsed()) };
    let crowd = futures::future::join_all((2..200).map(|number| bench.submit(number * 5 % 1_000)));
    let ((first, took), crowd) = tokio::join!(first, crowd);
    let all = began.elapsed();
    assert!(first.is_err() && crowd.into_iter().all(|one| one.is_err()), "nobody can write");
    // No later than those whom a row or a calendar keeps waiting.
    assert!(took < Duration::from_secs(7) && all < Duration::from_secs(8), "{took:?} and {all:?}");
    holder.rollback().await.expect("gives the table back");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bench.stored().await, [0; 0], "nobody is written behind their caller's back");
    assert_eq!(bench.submit(1).await.expect("it is free again"), 1);
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let bench = Bench::new().await;
    bench
        .execute(
            "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF nextval('meetings') = 1 THEN RAISE EXCEPTION 'a circle' USING ERRCODE = '40P01'; END IF;
               RETURN NEW;
             END $$;
             CREATE SEQUENCE meetings;
             CREATE TRIGGER meet BEFORE INSERT ON numbers FOR EACH ROW EXECUTE FUNCTION meet();",
        )
        .await;
    assert_eq!(bench.submit(1).await.expect("written the second time"), 1);
}

#[tokio::test]
async fn those_who_queue_behind_a_writer_that_panics_are_written() {
    let bench = Bench::new().await;
    let mut holder = bench.test.database.begin().await.expect("begins");
    sqlx::query("SELECT pg_advisory_xact_lock(70), pg_advisory_xact_lock(90)")
        .execute(&mut *holder)
        .await
        .expect("locks");
    // Both turns are taken by members that wait for a lock; the one that panics and those behind it queue meanwhile.
    let first = async { tokio::join!(bench.submit(70), bench.submit(90)) };
    let queued = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let all =
            futures::future::join_all(std::iter::repeat_n(PANICS, 64).chain(1..=40).map(|number| bench.submit(number)));
        let (all, ()) = tokio::join!(all, async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            holder.rollback().await.expect("gives the locks back");
        });
        assert_eq!(all.iter().filter(|one| one.is_err()).count(), 64, "those that panic are lost, and nobody else");
    };
    let all = async { tokio::join!(first, queued) };
    let ((one, two), ()) =
        tokio::time::timeout(Duration::from_secs(5), all).await.expect("nobody waits for the next who comes");
    assert!(one.is_ok() && two.is_ok());
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
