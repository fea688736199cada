//! How many statements the calls take that people wait for. What a page or a payment costs the database may fall, and not rise unseen.

use chrono::TimeDelta;
use serde_json::json;
use testkit::{TestResponse, TestSite};

use crate::steps::gifts::{apply, card_of, own_card, pay_agreed};
use crate::steps::journey::{PAYS, at, book, pay, text};
use crate::steps::passwords::{PASSWORD, give_password};
use crate::steps::statements::Counter;

const LOG_IN_MAX: usize = 12;
const PLACING_MAX: usize = 3;
const CARD_PAYMENT_MAX: usize = 18;
const BOOKING_PAGE_MAX: usize = 7;
const CANCELLATION_MAX: usize = 8;
const CHECKOUT_MAX: usize = 8;
const CANCELLATION_PAGE_MAX: usize = 8;
const CARDS_PAGE_MAX: usize = 8;
/// With misspelled words in a category, for somebody signed in.
const SEARCH_MAX: usize = 5;

#[track_caller]
fn check(what: &str, answer: &TestResponse, taken: usize, max: usize) {
    assert!(answer.status < 400, "{what}: {} {}", answer.status, answer.text());
    assert!(taken <= max, "{what} takes {taken} statements, and may take {max}");
    println!("{what}: {taken} statements");
}

#[tokio::test]
async fn a_log_in_and_a_wrong_one_of_a_known_and_an_unknown_address() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let anybody = &site.cast.anonymous;
    let login = |email: &str, password: &str| json!({ "email": email, "password": password });
    anybody.post("/api/auth/login", &login("customer@example.org", PASSWORD)).await;
    let counter = Counter::start();
    let entered = anybody.post("/api/auth/login", &login("customer@example.org", PASSWORD)).await;
    check("a log-in", &entered, counter.take(), LOG_IN_MAX);
    let wrong = async |email: &str| {
        assert_eq!(anybody.post("/api/auth/login", &login(email, "not this one")).await.status, 401);
        counter.take()
    };
    assert_eq!(wrong("customer@example.org").await, wrong("nobody@example.org").await, "they take as long");
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
    let paid = pay_agreed(&cast.customer, &booking, PAYS, 26_250, "first").await;
    check("a card payment", &paid, counter.take(), CARD_PAYMENT_MAX);

    let path = format!("/bookings/{}", text(&booking, "id"));
    check("a booking's page", &cast.customer.get(&path).await, counter.take(), BOOKING_PAGE_MAX);
    let staff = cast.support.browser();
    for _ in 0..2 {
        // Long enough for the session to be read and extended.
        site.clock.advance(TimeDelta::minutes(2));
        check("a booking's page after a pause", &cast.customer.get(&path).await, counter.take(), BOOKING_PAGE_MAX);
        check("a booking's page for staff", &staff.get(&path).await, counter.take(), BOOKING_PAGE_MAX);
    }

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
async fn pages_about_several_gift_cards() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    for count in [1, 4] {
        let booking = book(customer, &site.cast.star, at(&site, 30 + count, 10)).await;
        let id = text(&booking, "id");
        for number in 0..count {
            let card = if number % 2 == 0 {
                card_of(&site, customer, "goodwill").await
            } else {
                own_card(customer, 5_000).await
            };
            let applied = apply(customer, &booking, &card, None, &format!("{id}-{number}")).await;
            assert_eq!(applied.status, 200, "{}", applied.text());
        }
        let counter = Counter::start();
        let page = async |path: &str, max| {
            let answer = customer.get(path).await;
            check(&format!("{path} with {count} gift cards"), &answer, counter.take(), max);
        };
        page(&format!("/bookings/{id}/checkout"), CHECKOUT_MAX).await;
        assert_eq!(pay(customer, &booking, PAYS, id).await.status, 200);
        counter.take();
        page(&format!("/bookings/{id}"), BOOKING_PAGE_MAX).await;
        page(&format!("/bookings/{id}/cancellation"), CANCELLATION_PAGE_MAX).await;
        page(&format!("/api/bookings/{id}/cancellation-preview"), CANCELLATION_PAGE_MAX).await;
        page("/account/gift-cards", CARDS_PAGE_MAX).await;
    }
    site.jobs_may_be_left();
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
                // Long enough for the session to be read again, except where words are looked for twice.
                if !question.contains("q=") {
                    site.clock.advance(TimeDelta::seconds(10));
                }
                let found = caller.get(&address).await;
                let taken = counter.take();
                check(&format!("GET {address} ({})", caller.name), &found, taken, SEARCH_MAX);
                counted += taken;
            }
        }
    }
    assert!(counted >= questions.len(), "what was searched for was read");
}
