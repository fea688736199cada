//! How many statements the calls take that people wait for. What a page or a payment costs the database may fall, and not rise unseen.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use serde_json::json;
use testkit::{TestResponse, TestSite};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::steps::journey::{PAYS, at, book, pay, text};

const PLACING_MAX: usize = 3;
const CARD_PAYMENT_MAX: usize = 18;
const BOOKING_PAGE_MAX: usize = 7;
const CANCELLATION_MAX: usize = 8;
/// With misspelled words in a category, for somebody signed in.
const SEARCH_MAX: usize = 5;

/// Counts the statements that the driver reports on this thread: transactions ended too, and whatever was spawned. Its own questions for
/// types are left out: each connection asks them once, and which connection a call gets is chance.
struct Counter {
    count: Arc<AtomicUsize>,
    _active: DefaultGuard,
}

struct Counting(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut summary = Summary::default();
        event.record(&mut summary);
        if event.metadata().target() == "sqlx::query" && !summary.0.starts_with("SELECT pg_type.oid") {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// How a statement begins.
#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Counter {
    fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let active =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(Counting(Arc::clone(&count))));
        Self { count, _active: active }
    }

    /// Statements since the last look.
    fn take(&self) -> usize {
        self.count.swap(0, Ordering::SeqCst)
    }
}

#[track_caller]
fn check(what: &str, answer: &TestResponse, taken: usize, max: usize) {
    assert!(answer.status < 400, "{what}: {} {}", answer.status, answer.text());
    assert!(taken <= max, "{what} takes {taken} statements, and may take {max}");
    println!("{what}: {taken} statements");
}

#[tokio::test]
async fn a_booking_from_the_time_to_the_cancellation() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let counter = Counter::start();

    let order = json!({ "offering_id": cast.star.call.id, "starts_at": at(&site, 5, 9), "brief": "A quiet evening with friends." });
    let placed = cast.customer.post("/api/bookings", &order).await;
    check("placing", &placed, counter.take(), PLACING_MAX);

    let booking = book(&cast.customer, &cast.star, at(&site, 40, 10)).await;
    counter.take();
    let paid = pay(&cast.customer, &booking, PAYS, "first").await;
    check("a card payment", &paid, counter.take(), CARD_PAYMENT_MAX);

    let page = cast.customer.get(&format!("/bookings/{}", text(&booking, "id"))).await;
    check("a booking's page", &page, counter.take(), BOOKING_PAGE_MAX);

    let path = format!("/api/bookings/{}/cancellation-preview", text(&booking, "id"));
    let refund = cast.customer.get(&path).await.json();
    counter.take();
    let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
    let cancelled =
        cast.customer.post(&path, &json!({ "expected_refund_minor": refund["total"]["amount_minor"] })).await;
    check("a cancellation", &cancelled, counter.take(), CANCELLATION_MAX);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_search() {
    let site = TestSite::new().await;
    let day = (site.now() + TimeDelta::days(5)).date_naive();
    sqlx::query("INSERT INTO categories (id, slug, name, position) VALUES (gen_random_uuid(), 'music', 'Music', 1)")
        .execute(site.test_database().database.pool())
        .await
        .expect("inserts");
    let questions = [
        String::new(),
        "?sort=price_asc".to_owned(),
        format!("?available_on={day}"),
        "?q=aad+qiull".to_owned(),
        format!("?q=aad+qiull&category=music&available_on={day}"),
        format!(
            "?q=nobodys+nmae&min_price=1000&max_price=90000&currency=USD&available_on={day}&language=en&min_rating=1"
        ),
    ];
    let counter = Counter::start();
    let mut counted = 0;
    for question in &questions {
        for path in ["/api/celebrities", "/discover", "/categories/music"] {
            for caller in [&site.cast.anonymous, &site.cast.customer] {
                let address = format!("{path}{question}");
                let found = caller.get(&address).await;
                let taken = counter.take();
                check(&format!("GET {address} ({})", caller.name), &found, taken, SEARCH_MAX);
                counted += taken;
            }
        }
    }
    assert!(counted >= questions.len(), "what was searched for was read");
}
