//! Loads the demo world, completely or not at all.

use std::time::Instant as Stopwatch;

use database::{Database, Tx, bulk, installation};
use kernel::Instant;

use crate::Size;
use crate::generate::{self, World};
use crate::life;
use crate::portraits::Portraits;
use crate::rows::{
    bookings as booking_rows, cards as card_rows, catalog as catalog_rows, gift_cards as gift_card_rows,
    ledger as ledger_rows, payments as payment_rows, people,
};

/// The key in `installation` that marks loaded demo data; the value is the size.
const MARKER: &str = "demo_data";

/// The tables to analyse after loading.
const LARGE_TABLES: [&str; 18] = [
    "people",
    "credentials",
    "celebrities",
    "celebrity_categories",
    "offerings",
    "open_days",
    "reviews",
    "bookings",
    "booking_events",
    "allocations",
    "booking_deadlines",
    "payment_intents",
    "payment_receipts",
    "payment_legs",
    "gift_cards",
    "gift_card_entries",
    "ledger_transfers",
    "ledger_postings",
];

/// Called with the current step, the rows so far, and the rows in all (zero when unknown).
pub type Progress<'caller> = &'caller (dyn Fn(&str, u64, u64) + Send + Sync);

/// What to load.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    pub size: Size,
    /// The present of the demo world.
    pub now: Instant,
    pub seed: u64,
    /// The stored hash of the password of every demo person, computed once by the caller, who has the pepper.
    pub password_hash: String,
}

/// The number of loaded rows, and the time it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadSummary {
    pub celebrities: u64,
    pub people: u64,
    pub bookings: u64,
    pub reviews: u64,
    /// The rows of all tables.
    pub rows: u64,
    pub milliseconds: u64,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the database already holds demo data of size {size}; choose an empty one")]
    AlreadyLoaded { size: String },
    #[error(
        "the database holds {count} people who are not demo people; demo data goes only into a database without any"
    )]
    HoldsRealPeople { count: i64 },
    #[error("the figures of the profiles could not be computed")]
    Figures(#[from] overviews::OverviewError),
    #[error("the figures of the profiles could not be stored")]
    Catalog(#[from] catalog::CatalogError),
    #[error("the demo data could not be written")]
    Database(#[from] database::Error),
}

/// Whether `database` holds demo data.
pub async fn is_loaded(database: &Database) -> Result<bool, database::Error> {
    Ok(installation::value(database, MARKER).await?.is_some())
}

/// Generates the world of `options` and loads it in one transaction, so a load that is killed leaves nothing behind. A lock
/// makes servers that load at the same time take turns; the second one finds the marker that the first has committed.
pub async fn load(
    database: &Database,
    options: &LoadOptions,
    progress: Progress<'_>,
) -> Result<LoadSummary, LoadError> {
    let stopwatch = Stopwatch::now();
    let mut tx = bulk::begin(database).await?;
    bulk::lock(&mut tx, MARKER).await?;
    if let Some(size) = installation::value_within(&mut tx, MARKER).await? {
        return Err(LoadError::AlreadyLoaded { size });
    }
    let count = accounts::bulk::real_people_count(&mut tx).await?;
    if count > 0 {
        return Err(LoadError::HoldsRealPeople { count });
    }
    progress("making the world", 0, 0);
    let portraits = Portraits::unpack();
    let world = life::live(generate::world(options.size, options.seed, options.now, &portraits));
    let mut summary = copy_world(&mut tx, &world, &portraits, &options.password_hash, progress).await?;
    progress("search index", 0, 0);
    bulk::analyze(&mut tx, &LARGE_TABLES).await?;
    catalog::commands::derive_all(&mut tx, options.now).await?;
    settle_track_records(&mut tx, options.now).await?;
    installation::note(&mut tx, MARKER, options.size.as_str(), options.now).await?;
    progress("settling", 0, 0);
    tx.commit().await?;
    summary.milliseconds = stopwatch.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    Ok(summary)
}

async fn copy_world(
    tx: &mut Tx,
    world: &World,
    portraits: &Portraits,
    password_hash: &str,
    progress: Progress<'_>,
) -> Result<LoadSummary, database::Error> {
    let watch = Watch { progress };
    let people = accounts::bulk::copy_people(tx, watch.rows("people", people::people(world))).await?;
    let mut rows = people;
    rows += accounts::bulk::copy_credentials(tx, watch.rows("passwords", people::credentials(world, password_hash)))
        .await?;
    rows += accounts::bulk::copy_representations(tx, people::representations(world)).await?;
    rows += copy_catalog(tx, world, portraits, &watch).await?;
    let bookings = bookings::bulk::copy_bookings(tx, watch.rows("bookings", booking_rows::bookings(world))).await?;
    rows += bookings;
    rows += bookings::bulk::copy_events(tx, watch.rows("histories", booking_rows::events(world))).await?;
    rows += bookings::bulk::copy_allocations(tx, watch.rows("calendars", booking_rows::allocations(world))).await?;
    rows += bookings::bulk::copy_deadlines(tx, watch.rows("deadlines", booking_rows::deadlines(world))).await?;
    rows += copy_gift_cards(tx, world, &watch).await?;
    rows += copy_payments(tx, world, &watch).await?;
    rows += copy_books(tx, world, &watch).await?;
    let reviews = catalog::bulk::copy_reviews(tx, watch.rows("reviews", catalog_rows::reviews(world))).await?;
    rows += reviews;
    let celebrities = world.stars.len() as u64;
    Ok(LoadSummary { celebrities, people, bookings, reviews, rows, milliseconds: 0 })
}

async fn copy_catalog(
    tx: &mut Tx,
    world: &World,
    portraits: &Portraits,
    watch: &Watch<'_>,
) -> Result<u64, database::Error> {
    use catalog::bulk as into;
    let mut rows = into::copy_categories(tx, catalog_rows::categories(world)).await?;
    rows += into::copy_agencies(tx, catalog_rows::agencies(world)).await?;
    rows += into::copy_portraits(tx, watch.rows("posters", catalog_rows::portraits(world, portraits))).await?;
    rows += into::copy_celebrities(tx, watch.rows("celebrities", catalog_rows::celebrities(world))).await?;
    rows += into::copy_celebrity_categories(tx, catalog_rows::celebrity_categories(world)).await?;
    rows += into::copy_offerings(tx, watch.rows("offerings", catalog_rows::offerings(world))).await?;
    rows += into::copy_weekly_hours(tx, watch.rows("opening hours", catalog_rows::weekly_hours(world))).await?;
    rows += into::copy_day_exceptions(tx, catalog_rows::day_exceptions(world)).await?;
    rows += into::copy_open_days(tx, watch.rows("open days", catalog_rows::open_days(world))).await?;
    Ok(rows)
}

async fn copy_gift_cards(tx: &mut Tx, world: &World, watch: &Watch<'_>) -> Result<u64, database::Error> {
    use gift_cards::bulk as into;
    let mut rows = into::copy_rules(tx, gift_card_rows::rules(world)).await?;
    rows += into::copy_batches(tx, gift_card_rows::batches(world)).await?;
    rows += into::copy_cards(tx, watch.rows("gift cards", gift_card_rows::cards(world))).await?;
    rows += into::copy_codes(tx, gift_card_rows::codes(world)).await?;
    rows += into::copy_entries(tx, watch.rows("histories of cards", gift_card_rows::entries(world))).await?;
    rows += into::copy_transfers(tx, gift_card_rows::sent(world)).await?;
    rows += into::copy_orders(tx, gift_card_rows::orders(world)).await?;
    rows += into::copy_awards(tx, gift_card_rows::awards(world)).await?;
    Ok(rows)
}

async fn copy_payments(tx: &mut Tx, world: &World, watch: &Watch<'_>) -> Result<u64, database::Error> {
    use payments::bulk as into;
    let mut rows = into::copy_intents(tx, watch.rows("payments", payment_rows::intents(world))).await?;
    rows += into::copy_legs(tx, watch.rows("card payments", payment_rows::legs(world))).await?;
    rows += into::copy_receipts(tx, watch.rows("receipts", payment_rows::receipts(world))).await?;
    rows += into::copy_refunds(tx, payment_rows::refunds(world)).await?;
    rows += into::copy_refund_requests(tx, payment_rows::refund_requests(world)).await?;
    rows += into::copy_chargebacks(tx, payment_rows::chargebacks(world)).await?;
    rows += cards::bulk::copy_sandbox_payments(tx, watch.rows("provider", card_rows::sandbox_payments(world))).await?;
    rows += cards::bulk::copy_sandbox_refunds(tx, card_rows::sandbox_refunds(world)).await?;
    rows += cards::bulk::copy_sandbox_disputes(tx, card_rows::sandbox_disputes(world)).await?;
    Ok(rows)
}

async fn copy_books(tx: &mut Tx, world: &World, watch: &Watch<'_>) -> Result<u64, database::Error> {
    use ledger::bulk as into;
    let mut rows = into::copy_accounts(tx, watch.rows("ledger accounts", ledger_rows::accounts(world))).await?;
    rows += into::copy_transfers(tx, watch.rows("ledger transfers", ledger_rows::transfers(world))).await?;
    rows += into::copy_postings(tx, watch.rows("ledger postings", ledger_rows::postings(world))).await?;
    Ok(rows)
}

/// The figures that the nightly job would compute.
async fn settle_track_records(tx: &mut Tx, now: Instant) -> Result<(), LoadError> {
    let records = overviews::track_records::page(tx, None, i64::MAX, now).await?;
    Ok(catalog::commands::store_track_records(tx, &records, now).await?)
}

/// Reports progress while rows are copied.
struct Watch<'caller> {
    progress: Progress<'caller>,
}

impl Watch<'_> {
    fn rows<Row>(&self, what: &'static str, rows: impl Iterator<Item = Row>) -> impl Iterator<Item = Row> {
        const EVERY: u64 = 5_000;
        (self.progress)(what, 0, 0);
        rows.zip(1..).map(move |(row, count)| {
            if count % EVERY == 0 {
                (self.progress)(what, count, 0);
            }
            row
        })
    }
}
