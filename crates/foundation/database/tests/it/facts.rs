//! The log of facts: nothing is skipped, read twice or thrown away.

use std::sync::Mutex;

use database::facts::{Consumer, Consumers, Event, Fact, append, list_parked, settle_after_move};
use database::testing::TestDatabase;
use database::{Database, Tx};
use kernel::{Instant, SeededChance};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something of no importance.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sneezed {
    count: i32,
}

impl Event for Sneezed {
    fn topic(&self) -> &'static str {
        "nose.sneezed"
    }

    fn subject_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("nose.")
    }
}

/// The same in the form of a later release.
#[derive(Debug, Serialize, Deserialize)]
struct SneezedLoudly {
    count: i32,
    loudness: i32,
}

impl Event for SneezedLoudly {
    const VERSION: i16 = 2;

    fn topic(&self) -> &'static str {
        "nose.sneezed_loudly"
    }

    fn subject_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("nose.")
    }
}

/// Something that nobody here reads.
#[derive(Debug, Serialize)]
struct Yawned;

impl Event for Yawned {
    fn topic(&self) -> &'static str {
        "mouth.yawned"
    }

    fn subject_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("mouth.")
    }
}

#[derive(Default)]
pub struct Heard(Mutex<Vec<i32>>);

impl Heard {
    pub fn forget(&self) {
        self.0.lock().expect("no test panics with it").clear();
    }

    pub fn all(&self) -> Vec<i32> {
        let mut all = self.0.lock().expect("no test panics with it").clone();
        all.sort_unstable();
        all
    }
}

struct Ear;

impl Consumer for Ear {
    type Context = Heard;
    type Event = Sneezed;
    type Error = database::Error;
    const NAME: &'static str = "booking_mails";

    async fn consume(heard: &Heard, _: &mut Tx, _: &Fact, event: Sneezed) -> Result<(), database::Error> {
        if event.count < 0 {
            return Err(database::Error::WorkerCrashed);
        }
        heard.0.lock().expect("no test panics with it").push(event.count);
        Ok(())
    }
}

/// The ear of the later release.
struct BetterEar;

impl Consumer for BetterEar {
    type Context = Heard;
    type Event = SneezedLoudly;
    type Error = database::Error;
    const NAME: &'static str = "booking_mails";

    async fn consume(heard: &Heard, _: &mut Tx, _: &Fact, event: SneezedLoudly) -> Result<(), database::Error> {
        heard.0.lock().expect("no test panics with it").push(event.count * 1_000 + event.loudness);
        Ok(())
    }
}

/// Another that reads the same.
pub struct Neighbour;

impl Consumer for Neighbour {
    type Context = Heard;
    type Event = Sneezed;
    type Error = database::Error;
    const NAME: &'static str = "open_days";

    async fn consume(heard: &Heard, _: &mut Tx, _: &Fact, event: Sneezed) -> Result<(), database::Error> {
        heard.0.lock().expect("no test panics with it").push(event.count + 100);
        Ok(())
    }
}

pub struct Bench {
    pub test: TestDatabase,
    chance: SeededChance,
    pub heard: Heard,
}

pub fn at(text: &str) -> Instant {
    text.parse().expect("a date")
}

pub fn noon() -> Instant {
    at("2026-11-30T12:00:00Z")
}

pub fn ear() -> Consumers<Heard, database::Error> {
    Consumers::new().consumer::<Ear>()
}

impl Bench {
    pub async fn new() -> Self {
        Self { test: TestDatabase::new().await, chance: SeededChance::new(3), heard: Heard::default() }
    }

    pub async fn sneeze(&self, count: i32, now: Instant) {
        self.append(&Sneezed { count }, now).await;
    }

    async fn append(&self, event: &impl Event, now: Instant) {
        let mut tx = self.test.database.begin().await.expect("the test database answers");
        append(&mut tx, &self.chance, now, event).await.expect("the test database answers");
        tx.commit().await.expect("the test database answers");
    }

    /// Reads on until nothing is left, as long as other tests' transactions make it wait.
    pub async fn listen(&self, consumers: &Consumers<Heard, database::Error>) {
        self.listen_at(consumers, &self.test.database).await;
    }

    async fn listen_at(&self, consumers: &Consumers<Heard, database::Error>, database: &Database) {
        while consumers.has_unread(database).await.expect("the test database answers") {
            consumers.read_on(database, &self.heard, noon()).await.expect("the test database answers");
        }
    }

    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(self.test.database.pool()).await.expect("the test database answers")
    }

    pub async fn execute(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(self.test.database.pool()).await.expect("the test database answers");
    }
}

#[tokio::test]
async fn each_consumer_reads_each_fact_once() {
    let bench = Bench::new().await;
    for count in 1..=3 {
        bench.sneeze(count, noon()).await;
    }
    bench.append(&Yawned, noon()).await;
    let both = ear().consumer::<Neighbour>();
    bench.listen(&both).await;
    bench.sneeze(4, noon()).await;
    bench.listen(&both).await;
    assert_eq!(bench.heard.all(), [1, 2, 3, 4, 101, 102, 103, 104]);
    assert_eq!(bench.count("SELECT count(*) FROM parked_facts").await, 0, "other topics are passed over");
    assert_eq!(bench.count("SELECT count(*) FROM facts").await, 5, "they stay in the log");
}

#[tokio::test]
async fn what_rolls_back_is_not_heard_of() {
    let bench = Bench::new().await;
    let mut tx = bench.test.database.begin().await.expect("the test database answers");
    append(&mut tx, &bench.chance, noon(), &Sneezed { count: 1 }).await.expect("the test database answers");
    tx.rollback().await.expect("the test database answers");
    bench.sneeze(2, noon()).await;
    bench.listen(&ear()).await;
    assert_eq!(bench.heard.all(), [2]);
}

#[tokio::test]
async fn a_fact_that_is_committed_late_is_not_skipped() {
    let bench = Bench::new().await;
    let mut slow = bench.test.database.begin().await.expect("the test database answers");
    append(&mut slow, &bench.chance, noon(), &Sneezed { count: 1 }).await.expect("the test database answers");
    // Began later, is committed first, and has the higher position.
    bench.sneeze(2, noon()).await;
    let ear = ear();
    for _ in 0..3 {
        ear.read_on(&bench.test.database, &bench.heard, noon()).await.expect("the test database answers");
    }
    assert_eq!(bench.heard.all(), [0; 0], "the later one waits for the earlier transaction");
    slow.commit().await.expect("the test database answers");
    bench.listen(&ear).await;
    assert_eq!(bench.heard.all(), [1, 2]);
}

#[tokio::test]
async fn two_servers_consume_once() {
    let bench = Bench::new().await;
    for count in 0..700 {
        bench.sneeze(count, noon()).await;
    }
    let other = Database::connect(&bench.test.config()).await.expect("the test database answers");
    let (ear, same) = (ear(), ear());
    tokio::join!(bench.listen_at(&ear, &bench.test.database), bench.listen_at(&same, &other));
    assert_eq!(bench.heard.all(), (0..700).collect::<Vec<i32>>());
}

#[tokio::test]
async fn a_consumer_that_fails_holds_up_no_other_and_goes_on_later() {
    let bench = Bench::new().await;
    bench.sneeze(-1, noon()).await;
    let both = ear().consumer::<Neighbour>();
    while bench.heard.all().is_empty() {
        both.read_on(&bench.test.database, &bench.heard, noon()).await.expect("the test database answers");
    }
    assert_eq!(bench.heard.all(), [99]);
    bench.execute("UPDATE facts SET payload = '{\"count\": 1}'").await;
    bench.listen(&both).await;
    assert_eq!(bench.heard.all(), [1, 99]);
}

#[tokio::test]
async fn what_cannot_be_read_is_parked_and_taken_up_again() {
    let bench = Bench::new().await;
    bench.append(&SneezedLoudly { count: 7, loudness: 8 }, noon()).await;
    bench.sneeze(1, noon()).await;
    // Of this release's version, with another payload.
    bench
        .execute(
            "SELECT append_facts(ARRAY[gen_random_uuid()], ARRAY['nose.blown'], ARRAY[1::smallint],
      ARRAY[gen_random_uuid()], ARRAY['{}'::jsonb], '2026-11-30')",
        )
        .await;
    let ear = ear();
    bench.listen(&ear).await;
    assert_eq!(bench.heard.all(), [1], "the cursor goes on");
    let mut connection = bench.test.database.acquire().await.expect("the test database answers");
    let parked = list_parked(&mut connection, 10).await.expect("the test database answers");
    let mut reasons: Vec<String> = parked.iter().map(|fact| format!("{}: {}", fact.topic, fact.reason)).collect();
    reasons.sort();
    assert!(reasons[0].contains("nose.blown: its payload does not fit: missing field `count`"), "{reasons:?}");
    assert!(reasons[1].contains("nose.sneezed_loudly: its form is version 2"), "{reasons:?}");
    assert_eq!(
        ear.retry_parked(&bench.test.database, &bench.heard).await.expect("the test database answers"),
        0,
        "this release still cannot"
    );

    let newer = Consumers::new().consumer::<BetterEar>();
    assert_eq!(newer.retry_parked(&bench.test.database, &bench.heard).await.expect("the test database answers"), 1);
    assert_eq!(newer.retry_parked(&bench.test.database, &bench.heard).await.expect("the test database answers"), 0);
    assert_eq!(bench.heard.all(), [1, 7_008]);
    assert_eq!(bench.count("SELECT count(*) FROM parked_facts").await, 1);
}

#[tokio::test]
async fn a_new_consumer_begins_with_what_comes_after_it() {
    let bench = Bench::new().await;
    bench.execute("DELETE FROM fact_cursors").await;
    bench.sneeze(1, noon()).await;
    let ear = ear();
    // What is written while an older transaction runs may be read too, so that none is missed.
    let is_alone = "SELECT count(*) FROM facts WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())";
    while bench.count(is_alone).await > 0 {}
    ear.begin(&bench.test.database).await.expect("the test database answers");
    bench.sneeze(2, noon()).await;
    ear.begin(&bench.test.database).await.expect("the test database answers");
    bench.listen(&ear).await;
    assert_eq!(bench.heard.all(), [2]);
}

#[tokio::test]
async fn what_the_release_before_writes_is_read_too() {
    let bench = Bench::new().await;
    bench
        .execute(
            "INSERT INTO outbox (id, topic, subject_id, payload, occurred_at)
               VALUES (gen_random_uuid(), 'nose.sneezed', gen_random_uuid(), '{\"count\": 1}', '2026-11-30');
             SELECT append_facts(ARRAY[gen_random_uuid()], ARRAY['nose.sneezed'], ARRAY[gen_random_uuid()],
               ARRAY['{\"count\": 2}'::jsonb], '2026-11-30');
             SELECT append_facts(NULL::uuid[], NULL::text[], NULL::uuid[], NULL::jsonb[], '2026-11-30');",
        )
        .await;
    bench.listen(&ear()).await;
    assert_eq!(bench.heard.all(), [1, 2]);
    assert_eq!(bench.count("SELECT count(*) FROM outbox").await, 0, "its own dispatcher finds nothing");
}

#[tokio::test]
async fn a_log_that_was_moved_to_a_younger_server_is_read_on() {
    let bench = Bench::new().await;
    let ear = ear();
    bench.sneeze(1, noon()).await;
    bench.listen(&ear).await;
    bench.sneeze(2, noon()).await;
    settle_after_move(&bench.test.database).await.expect("the test database answers");
    assert_eq!(bench.count("SELECT count(*) FROM parked_facts").await, 0, "it was not moved");

    // As a server had it that has counted many more transactions.
    bench
        .execute(
            "UPDATE facts SET xid = (xid::text::bigint + 1000000000000)::text::xid8;
             UPDATE fact_cursors SET xid = (xid::text::bigint + 1000000000000)::text::xid8 WHERE consumer = 'booking_mails'",
        )
        .await;
    settle_after_move(&bench.test.database).await.expect("the test database answers");
    bench.sneeze(3, noon()).await;
    bench.listen(&ear).await;
    ear.retry_parked(&bench.test.database, &bench.heard).await.expect("the test database answers");
    settle_after_move(&bench.test.database).await.expect("the test database answers");
    assert_eq!(bench.heard.all(), [1, 2, 3]);
}
