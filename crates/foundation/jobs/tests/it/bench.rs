//! A queue of its own, with jobs that do what a test asks of them.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use database::Database;
use database::testing::TestDatabase;
use jobs::{Attempt, Failure, Job, Lane, Recurring, Registry, Worker, occurrence_key};
use kernel::{Chance, Clock as _, Instant, ManualClock, SeededChance};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

pub const FAST: Lane = Lane { name: "fast", at_once: 2, idle: Duration::from_millis(20), may_take_reserve: false };
/// Its jobs may take from the reserve, as those of payments do.
pub const SLOW: Lane = Lane { name: "slow", at_once: 2, idle: Duration::from_millis(20), may_take_reserve: true };

/// What jobs leave behind, and what they wait for.
pub struct Notes {
    done: Mutex<Vec<String>>,
    /// Jobs that wait do so until this opens.
    pub gate: Semaphore,
    /// Whose connections jobs hold.
    pub database: OnceLock<Database>,
}

impl Notes {
    pub fn done(&self) -> Vec<String> {
        let mut done = self.done.lock().expect("no test panics with it").clone();
        done.sort();
        done
    }

    fn note(&self, text: impl Into<String>) {
        self.done.lock().expect("no test panics with it").push(text.into());
    }
}

/// What a job does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Succeed,
    Fail,
    FailForGood,
    Panic,
    /// Waits for the gate, or for ever.
    Wait,
    /// Holds a connection for a moment.
    HoldConnection,
}

/// A job in the fast lane.
#[derive(Debug, Serialize, Deserialize)]
pub struct Errand {
    pub name: String,
    pub deed: Deed,
}

impl Errand {
    pub fn new(name: &str, deed: Deed) -> Self {
        Self { name: name.to_owned(), deed }
    }
}

impl Job for Errand {
    type Context = Notes;
    const KIND: &'static str = "errand";
    const LANE: &'static Lane = &FAST;
    const TIME_MAX: Duration = Duration::from_secs(30);

    fn key(&self, _: Instant) -> String {
        self.name.clone()
    }

    async fn run(self, notes: &Notes, _: &Attempt) -> Result<(), Failure> {
        match self.deed {
            Deed::Succeed => {}
            Deed::Fail => return Err(Failure::retry(&Outer(std::io::Error::other("the disk is full")))),
            Deed::FailForGood => return Err(Failure::last(&Outer(std::io::Error::other("it never was there")))),
            Deed::Panic => panic!("a nail in the {}", "tyre"),
            Deed::Wait => notes.gate.acquire().await.expect("it stays open").forget(),
            Deed::HoldConnection => {
                let _held = notes.database.get().expect("the test set it").acquire().await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        notes.note(self.name);
        Ok(())
    }
}

/// A job in the slow lane, which waits for the gate.
#[derive(Debug, Serialize, Deserialize)]
pub struct Crawl {
    pub name: String,
}

impl Job for Crawl {
    type Context = Notes;
    const KIND: &'static str = "crawl";
    const LANE: &'static Lane = &SLOW;

    fn key(&self, _: Instant) -> String {
        self.name.clone()
    }

    async fn run(self, notes: &Notes, _: &Attempt) -> Result<(), Failure> {
        notes.gate.acquire().await.expect("it stays open").forget();
        notes.note(self.name);
        Ok(())
    }
}

/// A job that never ends, and may not take long.
#[derive(Debug, Serialize, Deserialize)]
pub struct Endless {}

impl Job for Endless {
    type Context = Notes;
    const KIND: &'static str = "endless";
    const LANE: &'static Lane = &SLOW;
    const TIME_MAX: Duration = Duration::from_millis(50);

    fn key(&self, _: Instant) -> String {
        "one".to_owned()
    }

    async fn run(self, _: &Notes, _: &Attempt) -> Result<(), Failure> {
        std::future::pending().await
    }
}

/// A job about somebody, which nobody wants after an hour.
#[derive(Debug, Serialize, Deserialize)]
pub struct Whisper {
    pub address: String,
    pub deed: Deed,
}

impl Job for Whisper {
    type Context = Notes;
    const KIND: &'static str = "whisper";
    const LANE: &'static Lane = &FAST;
    const TIME_MAX: Duration = Duration::from_secs(30);
    const WANTED_FOR: Option<Duration> = Some(Duration::from_hours(1));

    fn key(&self, _: Instant) -> String {
        "one".to_owned()
    }

    async fn run(self, notes: &Notes, attempt: &Attempt) -> Result<(), Failure> {
        Errand::new(&self.address, self.deed).run(notes, attempt).await
    }
}

/// A job that a schedule makes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Round {
    occurrence: Instant,
}

impl Recurring for Round {
    fn at(occurrence: Instant) -> Self {
        Self { occurrence }
    }
}

impl Job for Round {
    type Context = Notes;
    const KIND: &'static str = "round";
    const LANE: &'static Lane = &FAST;
    const IS_NEW: bool = true;

    fn key(&self, _: Instant) -> String {
        occurrence_key(self.occurrence)
    }

    async fn run(self, notes: &Notes, attempt: &Attempt) -> Result<(), Failure> {
        assert_eq!(attempt.run_at, self.occurrence);
        notes.note(occurrence_key(self.occurrence));
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the errand of ann@example.org failed")]
struct Outer(#[source] std::io::Error);

/// A queue, a clock and what was done.
pub struct Bench {
    pub test: TestDatabase,
    pub clock: ManualClock,
    pub chance: SeededChance,
    pub notes: Arc<Notes>,
    pub registry: Registry<Notes>,
}

impl Bench {
    pub async fn new() -> Self {
        Self {
            test: TestDatabase::new().await,
            clock: ManualClock::at("2026-11-30T12:00:00Z".parse().expect("a date")),
            chance: SeededChance::new(7),
            notes: Arc::new(Notes { done: Mutex::default(), gate: Semaphore::new(0), database: OnceLock::new() }),
            registry: Registry::new().job::<Errand>().job::<Crawl>().job::<Endless>().job::<Whisper>(),
        }
    }

    pub fn worker(&self) -> Worker<'_, Notes> {
        self.worker_with(&self.test.database, &self.chance)
    }

    /// Another server, with connections and chance of its own.
    pub fn worker_with<'bench>(
        &'bench self,
        database: &'bench Database,
        chance: &'bench dyn Chance,
    ) -> Worker<'bench, Notes> {
        let Self { registry, notes, clock, .. } = self;
        Worker { registry, context: &**notes, database, clock, chance }
    }

    pub async fn enqueue<J: Job>(&self, job: &J) -> bool {
        let now = self.clock.now();
        let mut tx = self.test.database.begin().await.expect("begins");
        let is_new = jobs::enqueue(&mut tx, &self.chance, now, job, now).await.expect("enqueues");
        tx.commit().await.expect("commits");
        is_new
    }

    /// A row as somebody else wrote it.
    pub async fn insert_row(&self, kind: &str, payload: serde_json::Value) {
        sqlx::query("INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at) VALUES (gen_random_uuid(), $1, $2, $1, $3, $3)")
            .bind(kind)
            .bind(payload)
            .bind(self.clock.now())
            .execute(self.test.database.pool())
            .await
            .expect("inserts");
    }

    /// Works until nothing is due.
    pub async fn work(&self) {
        while self.worker().work_some().await.expect("works") > 0 {}
    }

    /// Where the job of this kind stands: `due`, `waits`, `done` or `dead`, with its tries and its last error.
    pub async fn state(&self, kind: &str) -> (String, i32, String) {
        sqlx::query_as(
            "SELECT CASE WHEN finished_at IS NOT NULL THEN 'done' WHEN dead_at IS NOT NULL THEN 'dead'
              WHEN lease_token IS NOT NULL THEN 'leased'
                    WHEN run_at <= $2 THEN 'due' ELSE 'waits' END, attempts, coalesce(last_error, '') FROM jobs WHERE kind = $1",
        )
        .bind(kind)
        .bind(self.clock.now())
        .fetch_one(self.test.database.pool())
        .await
        .expect("there is one")
    }
}
