//! A whole site for tests: every route in process, a private schema, a clock that stands, chance from a seed.
//!
//! ```no_run
//! # async fn example() {
//! let site = testkit::TestSite::new().await;
//! let answer = site.cast.customer.get("/api/me").await;
//! assert_eq!(answer.status, 200);
//! site.run_jobs().await;
//! # }
//! ```

mod bookings;
mod caller;
mod cast;
mod catalog;
mod leftovers;
mod mail_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use database::Database;
use database::testing::TestDatabase;
use entry::{Gate, Limits, Routes, Site, TrustedProxies};
use kernel::{Chance as _, Clock as _, Instant, ManualClock, Secret, SeededChance, SystemChance};
use mailer::{MailboxMailer, Mailer};
use site::{Parts, PaymentProviders, Services, Settings};

pub use crate::bookings::{BookingState, PlacedBooking};
pub use crate::caller::{Answer, Caller};
pub use crate::cast::Cast;
pub use crate::catalog::{Star, StarOffering};
pub use crate::mail_server::MailServer;

/// Tests knock more often than people do.
const PATIENCE: u32 = 100_000;
/// What a strict server lets a customer leave unpaid.
pub const UNPAID_MAX: u32 = 3;

/// Repeats a run: the seed that a failed one printed.
const SEED_VARIABLE: &str = "STAGEDOOR_TEST_SEED";

/// A site on a schema of its own. Dropping it fails the test when jobs were left undone, unless it was told that they may be.
pub struct TestSite {
    /// The services, to call workflows with.
    pub site: Site,
    /// The site's time; it moves only when told to.
    pub clock: Arc<ManualClock>,
    /// Every route of the program.
    pub router: Router,
    /// People of every kind.
    pub cast: Cast,
    may_leave_jobs: AtomicBool,
    // Dropped last: everything above works in it.
    test: TestDatabase,
}

impl TestSite {
    /// Builds a site on 1 December 2026, noon, with a cast and no bookings. It keeps its mail.
    pub async fn new() -> Self {
        Self::with_mailer(Arc::new(MailboxMailer)).await
    }

    /// The same, with mail going to `mailer`.
    pub async fn with_mailer(mailer: Arc<dyn Mailer>) -> Self {
        let seed = seed();
        println!("{SEED_VARIABLE}={seed}");
        let test = TestDatabase::new().await;
        let clock = Arc::new(ManualClock::at("2026-12-01T12:00:00Z".parse().expect("a date")));
        let site = services(&test.database, clock.clone(), seed, mailer, None);
        let router = router(&site, PATIENCE);
        let cast = Cast::engage(&site, &router).await;
        Self { site, clock, router, cast, may_leave_jobs: AtomicBool::new(false), test }
    }

    /// Another server on the same schema, as a second node would be: neither pool nor caches in common. It keeps its mail.
    pub async fn second_site(&self) -> (Site, Router) {
        let database = Database::connect(&self.test.config()).await.expect("the test server answers");
        // Chance of its own: two servers never make the same ids.
        let site = services(&database, self.clock.clone(), seed().wrapping_add(1), Arc::new(MailboxMailer), None);
        let router = router(&site, PATIENCE);
        (site, router)
    }

    /// Another server that is as strict as one in earnest.
    pub fn strict_server(&self) -> Router {
        let (database, clock) = (&self.test.database, self.clock.clone());
        let site = services(database, clock, seed().wrapping_add(1), Arc::new(MailboxMailer), Some(UNPAID_MAX));
        router(&site, 1)
    }

    /// The schema, for statements of a test's own.
    pub fn test_database(&self) -> &TestDatabase {
        &self.test
    }

    /// The site's time.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Works off facts and jobs that are due, and what they cause.
    pub async fn run_jobs(&self) -> usize {
        workflows::background::run_until_idle(&self.site).await.expect("the jobs run")
    }

    /// This test does not care for jobs that nobody worked off.
    pub fn jobs_may_be_left(&self) {
        self.may_leave_jobs.store(true, Ordering::Relaxed);
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        if std::thread::panicking() || self.may_leave_jobs.load(Ordering::Relaxed) {
            return;
        }
        let left = leftovers::due(self.test.config(), self.now());
        assert!(left.is_empty(), "left undone (call run_jobs, or jobs_may_be_left): {}", left.join(", "));
    }
}

fn seed() -> u64 {
    let given = std::env::var(SEED_VARIABLE).ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        SystemChance.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    })
}

fn services(
    database: &Database,
    clock: Arc<ManualClock>,
    seed: u64,
    mailer: Arc<dyn Mailer>,
    unpaid_max: Option<u32>,
) -> Site {
    let chance = Arc::new(SeededChance::new(seed));
    Arc::new(Services::new(Parts {
        database: database.clone(),
        providers: PaymentProviders::new(
            Arc::new(cards::SandboxCards::new(database.clone(), clock.clone(), chance.clone())),
            Vec::new(),
        ),
        clock,
        chance,
        keys: accounts::Keys::derive(&Secret::new(vec![7; 32])),
        hasher: accounts::Hasher::new(2),
        settings: Settings {
            public_url: "https://stagedoor.test".to_owned(),
            development: true,
            unpaid_max,
            facts_kept_days: 400,
        },
        mailer,
        feeds: Arc::new(feeds::HttpFeedReader::new(true)),
    }))
}

/// Every route of the program on `site`, with budgets `factor` times as large as in earnest.
pub fn router(site: &Site, factor: u32) -> Router {
    let limits = Arc::new(Limits::new(factor));
    let gate = Gate::new(site.clone(), limits, 1_024, TrustedProxies(Vec::new()));
    let api = api::routes(Routes::new(gate.clone())).into_router();
    let pages = web::router(Routes::new(gate), site.clone());
    api.merge(pages).with_state(site.clone())
}
