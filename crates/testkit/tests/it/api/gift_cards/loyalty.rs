//! What completed bookings earn.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::steps::chargebacks::{dispute_now, hours};
use crate::steps::gifts::{apply, card_of, give_credit, left_on, own_card, redeem, steps, tender, withdraw};
use crate::steps::journey::{
    CHARGED_BACK, PAYS, at, balance, book, book_and_pay, cancel, faults, look, pay, status, text,
};
use crate::steps::refund_requests::{asked, decide, two_of_staff};

/// Lets days pass until the booking is completed.
async fn complete(site: &TestSite, booking: &Value) {
    for hours in [120, 3, 48] {
        site.clock.advance(TimeDelta::hours(hours));
        site.run_jobs().await;
    }
    assert_eq!(status(site, booking).await.0, "completed");
}

/// Kind and balance of the caller's cards, newest first.
async fn cards(caller: &TestCaller) -> Vec<(String, i64)> {
    let listed = caller.get("/api/gift-cards").await.json();
    let card =
        |card: &Value| (text(card, "kind").to_owned(), card["balance"]["amount_minor"].as_i64().expect("an amount"));
    listed["items"].as_array().expect("cards").iter().map(card).collect()
}

#[tokio::test]
async fn a_completed_booking_brings_a_card_once() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    assert_eq!(customer.get("/api/me/loyalty").await.json()["items"], json!([]));
    // 250.00 and 12.50 of fee.
    let booking = book_and_pay(customer, star, at(&site, 5, 10)).await;
    site.run_jobs().await;
    assert!(cards(customer).await.is_empty(), "nothing before it is completed");
    complete(&site, &booking).await;
    let customer = customer.signed_in_anew(&site).await;
    assert_eq!(cards(&customer).await, [("loyalty".to_owned(), 500)], "2 % of the price");
    assert_eq!(balance(&site, "promotion_costs").await, 500);
    let stands = customer.get("/api/me/loyalty").await.json()["items"][0].clone();
    assert_eq!((&stands["year"]["amount_minor"], text(&stands["tier"], "name")), (&json!(25_000), "Stalls"));
    assert_eq!((text(&stands["next"], "name"), &stands["next"]["from"]["amount_minor"]), ("Circle", &json!(100_000)));
    // Told twice, as after a crash of the worker, it brings nothing more.
    let pool = site.test_database().database.pool();
    for again in [
        "UPDATE fact_cursors SET xid = '0', position = 0 WHERE consumer = 'loyalty'",
        "DELETE FROM jobs WHERE kind = 'settle_loyalty'",
    ] {
        sqlx::query(again).execute(pool).await.expect("changes");
    }
    site.run_jobs().await;
    let settled: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE kind = 'settle_loyalty'")
        .fetch_one(pool)
        .await
        .expect("counts");
    assert_eq!(settled, 1);
    assert_eq!(cards(&customer).await, [("loyalty".to_owned(), 500)]);
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_given_to_somebody_earns_nothing() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let promotion = card_of(&site, customer, "promotional").await;
    let booking = book(customer, star, at(&site, 5, 10)).await;
    let applied = apply(customer, &booking, &promotion, None, "apply").await;
    assert_eq!(applied.status, 200, "{}", applied.text());
    assert_eq!(pay(customer, &booking, PAYS, "pay").await.json()["state"], "settled");
    complete(&site, &booking).await;
    let customer = customer.signed_in_anew(&site).await;
    // 212.50 of 262.50 were their own: 202.38 of the price, of which 2 % are 4.04.
    assert_eq!(cards(&customer).await[0], ("loyalty".to_owned(), 404));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_earned_goes_with_a_refund_as_far_as_it_is_there() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let booking = book_and_pay(customer, star, at(&site, 5, 10)).await;
    complete(&site, &booking).await;
    let customer = customer.signed_in_anew(&site).await;
    let listed = customer.get("/api/gift-cards").await.json();
    let card = text(&listed["items"][0], "id").to_owned();
    let (support, admin) = two_of_staff(&site).await;
    let refund_half = async |key: &str| {
        let request = asked(&support, &booking, 13_125, key).await;
        let approved = decide(&admin, &request, "approval", &format!("{key}-yes")).await;
        assert_eq!(approved.status, 200, "{}", approved.text());
        site.run_jobs().await;
    };
    refund_half("first").await;
    assert_eq!(steps(&customer, &card).await, [("issued".to_owned(), 500), ("unearned".to_owned(), 250)]);
    // 2.00 are set aside for the next booking, so 0.50 are left to take back of 2.50.
    let next = book(&customer, star, at(&site, 20, 10)).await;
    assert_eq!(apply(&customer, &next, &card, Some(200), "apply").await.status, 200);
    refund_half("second").await;
    assert_eq!(left_on(&customer, &card).await, 0);
    assert_eq!(balance(&site, "promotion_costs").await, 200);
    let stands = customer.get("/api/me/loyalty").await.json()["items"][0].clone();
    assert_eq!(stands["year"]["amount_minor"], json!(0));
    // What comes back of the rest is not theirs either.
    let payment = look(&customer, &next).await["payment"].clone();
    assert_eq!(withdraw(&customer, &payment, 0).await.status, 200);
    assert_eq!((left_on(&customer, &card).await, balance(&site, "promotion_costs").await), (0, 0));
    let kinds: Vec<String> = steps(&customer, &card).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["issued", "unearned", "held", "unearned", "released", "unearned"]);
    assert_eq!(faults(&site).await, Vec::<String>::new());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_was_spent_before_it_was_lost_is_taken_when_a_refund_brings_it_back() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let booking = book_and_pay(customer, star, at(&site, 5, 10)).await;
    complete(&site, &booking).await;
    let customer = customer.signed_in_anew(&site).await;
    let listed = customer.get("/api/gift-cards").await.json();
    let card = text(&listed["items"][0], "id").to_owned();
    let next = book(&customer, star, at(&site, 20, 10)).await;
    assert_eq!(apply(&customer, &next, &card, Some(400), "apply").await.status, 200);
    assert_eq!(pay(&customer, &next, PAYS, "pay").await.json()["state"], "settled");
    let (support, admin) = two_of_staff(&site).await;
    let request = asked(&support, &booking, 26_250, "all").await;
    assert_eq!(decide(&admin, &request, "approval", "yes").await.status, 200);
    site.run_jobs().await;
    assert_eq!((left_on(&customer, &card).await, balance(&site, "promotion_costs").await), (0, 400));
    cancel(&site, &customer, &next).await;
    assert_eq!((left_on(&customer, &card).await, balance(&site, "promotion_costs").await), (0, 0));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn credit_that_was_given_earns_nothing_and_is_spent_first() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let own = own_card(customer, 10_000).await;
    assert_eq!(redeem(customer, &own, 10_000, "own").await.status, 201);
    give_credit(&site, customer, 6_250).await;
    let booking = book(customer, star, at(&site, 5, 10)).await;
    tender(customer, &booking, json!({"method": "credit", "amount_minor": 11_250}), "credit").await;
    assert_eq!(pay(customer, &booking, PAYS, "pay").await.json()["state"], "settled");
    complete(&site, &booking).await;
    let customer = customer.signed_in_anew(&site).await;
    // 62.50 of the credit were given: 200.00 of 262.50 were their own, so 190.47 of the price, of which 2 % are 3.80.
    assert_eq!(cards(&customer).await[0], ("loyalty".to_owned(), 380));
    // What is left of the credit is their own.
    let next = book(&customer, star, at(&site, 5, 10)).await;
    tender(&customer, &next, json!({"method": "credit", "amount_minor": 5_000}), "rest").await;
    assert_eq!(pay(&customer, &next, PAYS, "pay-next").await.json()["state"], "settled");
    complete(&site, &next).await;
    let customer = customer.signed_in_anew(&site).await;
    assert_eq!(cards(&customer).await[0], ("loyalty".to_owned(), 500));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_refund_of_what_was_completed_before_earns_nothing() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let booking = book_and_pay(customer, star, at(&site, 5, 10)).await;
    // As on a site whose release before this one knew no loyalty.
    let forget = "DELETE FROM fact_cursors WHERE consumer = 'loyalty'";
    sqlx::query(forget).execute(site.test_database().database.pool()).await.expect("deletes");
    complete(&site, &booking).await;
    workflows::background::begin_consumers(&site.site).await.expect("it begins");
    let (support, admin) = two_of_staff(&site).await;
    let request = asked(&support, &booking, 100, "ask").await;
    assert_eq!(decide(&admin, &request, "approval", "yes").await.status, 200);
    site.run_jobs().await;
    let customer = customer.signed_in_anew(&site).await;
    assert!(cards(&customer).await.is_empty());
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_bank_took_back_earns_nothing() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    // One is charged back before it is completed, the other one after that.
    let early = book(customer, star, at(&site, 5, 10)).await;
    pay(customer, &early, CHARGED_BACK, "early").await;
    let late = book_and_pay(&site.cast.other_customer, star, at(&site, 5, 14)).await;
    hours(&site, 2).await;
    for pass in [120, 3, 48] {
        site.clock.advance(TimeDelta::hours(pass));
        site.run_jobs().await;
    }
    assert_eq!(
        (status(&site, &early).await.0, status(&site, &late).await.0),
        ("completed".to_owned(), "completed".to_owned())
    );
    assert_eq!(cards(&customer.signed_in_anew(&site).await).await, []);
    let other = site.cast.other_customer.signed_in_anew(&site).await;
    assert_eq!(cards(&other).await, [("loyalty".to_owned(), 500)]);
    dispute_now(&site).await;
    hours(&site, 1).await;
    let other = other.signed_in_anew(&site).await;
    assert_eq!(cards(&other).await, [("loyalty".to_owned(), 0)]);
    assert_eq!((balance(&site, "promotion_costs").await, faults(&site).await), (0, Vec::new()));
}
