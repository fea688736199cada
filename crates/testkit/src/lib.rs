//! A whole site for tests: every route in process, a private schema, a manual clock, seeded randomness.
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
mod browser;
mod caller;
mod cards;
mod cast;
mod catalog;
mod contract;
pub mod guests;
mod leftovers;
mod mail_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use database::Database;
use database::testing::TestDatabase;
use entry::{Gate, Routes, Site, Throttle, TrustedProxies};
use kernel::{Chance as _, Clock as _, Instant, ManualClock, Secret, SeededChance, SystemChance};
use mailer::{MailboxMailer, Mailer};
use site::{PaymentProviders, ServiceParts, Services, Settings, links};

pub use crate::bookings::{BookingState, PlacedBooking};
pub use crate::browser::TestBrowser;
pub use crate::caller::{TestCaller, TestResponse};
pub use crate::cards::{CaptureFault, CardFault, FaultyCards, RefundFault};
pub use crate::cast::Cast;
pub use crate::catalog::{OfferingTerms, ProfileTerms, TestOffering, TestStar};
pub use crate::contract::operation;
pub use crate::guests::InvitedGuest;
pub use crate::mail_server::MailServer;

/// The factor on rate limits, because tests call more often than people do.
const PATIENCE: u32 = 100_000;
/// How many unpaid bookings a customer may have on a strict server.
pub const UNPAID_MAX: u32 = 3;

/// The variable with the seed of a run; set it to the seed that a failed run printed to repeat it.
const SEED_VARIABLE: &str = "STAGEDOOR_TEST_SEED";

/// A site on a schema of its own. Dropping it fails the test when jobs were left undone, unless it was told that they may be.
pub struct TestSite {
    /// The services, to call workflows with.
    pub site: Site,
    /// The site's time; it moves only when a test advances it.
    pub clock: Arc<ManualClock>,
    /// Every route of the program.
    pub router: Router,
    /// People of every kind.
    pub cast: Cast,
    /// The card provider, for its faults.
    pub cards: Arc<FaultyCards>,
    may_leave_jobs: AtomicBool,
    // Declared last and so dropped last: everything above uses it.
    test: TestDatabase,
}

impl TestSite {
    /// Builds a site on 1 December 2026, noon, with a cast and without bookings. Mails are kept.
    pub async fn new() -> Self {
        Self::with_mailer(Arc::new(MailboxMailer)).await
    }

    /// The same with another mailer.
    pub async fn with_mailer(mailer: Arc<dyn Mailer>) -> Self {
        let seed = seed();
        println!("{SEED_VARIABLE}={seed}");
        let test = TestDatabase::new().await;
        let clock = Arc::new(ManualClock::at("2026-12-01T12:00:00Z".parse().expect("a date")));
        let (site, cards) = services(&test.database, clock.clone(), seed, mailer, settings());
        workflows::background::begin_consumers(&site).await.expect("the consumers begin");
        let router = router(&site, PATIENCE);
        let cast = Cast::engage(&site, &router).await;
        Self { site, clock, router, cast, cards, may_leave_jobs: AtomicBool::new(false), test }
    }

    /// A second server on the same schema, with its own pool and caches. Mails are kept.
    pub async fn second_site(&self) -> (Site, Router) {
        let database = Database::connect(&self.test.config()).await.expect("the test server answers");
        // A different seed, so that the two servers never make the same ids.
        let (clock, seed) = (self.clock.clone(), seed().wrapping_add(1));
        let (site, _) = services(&database, clock, seed, Arc::new(MailboxMailer), settings());
        let router = router(&site, PATIENCE);
        (site, router)
    }

    /// A second server with the limits of production.
    pub fn strict_server(&self) -> Router {
        router(&self.other_server(Settings { unpaid_max: Some(UNPAID_MAX), ..settings() }), 1)
    }

    /// A second server at another public address.
    pub fn server_at(&self, public_url: &str) -> Router {
        router(&self.other_server(Settings { public_url: public_url.to_owned(), ..settings() }), PATIENCE)
    }

    fn other_server(&self, settings: Settings) -> Site {
        let (database, clock) = (&self.test.database, self.clock.clone());
        services(database, clock, seed().wrapping_add(1), Arc::new(MailboxMailer), settings).0
    }

    /// The schema, for a test's own statements.
    pub fn test_database(&self) -> &TestDatabase {
        &self.test
    }

    /// The site's time.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Runs due facts and jobs until none is left, including those that they cause.
    pub async fn run_jobs(&self) -> usize {
        workflows::background::run_until_idle(&self.site).await.expect("the jobs run")
    }

    /// Allows this test to leave jobs undone.
    pub fn jobs_may_be_left(&self) {
        self.may_leave_jobs.store(true, Ordering::Relaxed);
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        if std::thread::panicking() || self.may_leave_jobs.load(Ordering::Relaxed) {
            return;
        }
        let left = leftovers::due(self.test.config(), self.now())
            .unwrap_or_else(|error| panic!("what was left undone cannot be read: {error}"));
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

fn settings() -> Settings {
    Settings {
        public_url: "https://stagedoor.test".to_owned(),
        development: true,
        staff_needs_second_factor: true,
        unpaid_max: None,
        facts_kept_days: 400,
        gift_batch_minor_max: 1_000_000,
        support_email: Some("help@stagedoor.test".to_owned()),
    }
}

fn services(
    database: &Database,
    clock: Arc<ManualClock>,
    seed: u64,
    mailer: Arc<dyn Mailer>,
    settings: Settings,
) -> (Site, Arc<FaultyCards>) {
    let chance = Arc::new(SeededChance::new(seed));
    let address = {
        let settings = settings.clone();
        Box::new(move |reference: &str| settings.url(&links::sandbox_card(reference)))
    };
    let sandbox = Arc::new(::cards::SandboxCards::new(database.clone(), clock.clone(), chance.clone(), address));
    let cards = Arc::new(FaultyCards::new(sandbox.clone()));
    let site = Services::new(ServiceParts {
        database: database.clone(),
        providers: PaymentProviders::new(cards.clone(), Vec::new(), Some(sandbox)),
        clock,
        chance,
        keys: accounts::Keys::derive(&Secret::new(vec![7; 32])),
        hasher: accounts::Hasher::new(2),
        breached: None,
        settings,
        mailer,
        feeds: Arc::new(feeds::HttpFeedReader::new(true)),
        address_keys: feeds::AddressKeys::derive(&Secret::new(vec![7; 32])),
        gift_codes: kernel::secret::HashKeys::derive(&Secret::new(vec![7; 32]), "gift_cards/codes/1"),
    });
    (Arc::new(site), cards)
}

/// All routes of the program on `site`, with rate limits `factor` times as large as in production.
pub fn router(site: &Site, factor: u32) -> Router {
    let throttle = Arc::new(Throttle::new(factor));
    let gate = Gate::new(site.clone(), throttle, 1_024, TrustedProxies::default());
    let api = api::routes(Routes::new(gate.clone())).into_router();
    let pages = web::router(Routes::new(gate), site.clone());
    api.merge(pages).with_state(site.clone())
}
