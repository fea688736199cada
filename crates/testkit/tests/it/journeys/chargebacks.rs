//! What banks take back: unspent value comes back from wherever it is, the rest is a case, and nothing is done twice.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::chargebacks::{cases, close, doubtful_booking, doubtful_card, hours, sums};
use crate::steps::gifts::{apply, claim, left_on, mailed_code, pay_order, redeem, send_to};
use crate::steps::journey::{PAYS, at, balance, book, cancel, faults, look, pay, status, text};
use crate::steps::refund_requests::{ask, facts, two_of_staff};

/// What the books say of chargebacks: what is looked for, and what is lost.
async fn missing(site: &TestSite) -> (i64, i64) {
    assert_eq!(faults(site).await, Vec::<String>::new());
    (balance(site, "chargeback_receivable").await, balance(site, "chargeback_losses").await)
}

#[tokio::test]
async fn an_unspent_card_is_taken_back_whole_and_leaves_no_case() {
    let site = TestSite::new().await;
    let (order, card) = doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let found = cases(&site).await;
    assert_eq!((found.len(), sums(&found[0]), text(&found[0], "state")), (1, [5_000, 5_000, 0], "closed"));
    assert_eq!((text(&found[0], "gift_card_order_id"), &found[0]["closed_by"]), (order.as_str(), &Value::Null));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let seen = customer.get(&format!("/api/gift-cards/{card}")).await.json();
    assert_eq!((text(&seen, "state"), &seen["balance"]["amount_minor"]), ("frozen", &json!(0)));
    assert_eq!((missing(&site).await, balance(&site, "provider_clearing").await), ((0, 0), 0));
    let returned = customer.post(&format!("/api/gift-card-orders/{order}/return"), &json!({})).await;
    assert_eq!(text(&returned.json(), "state"), "returned", "its price is not paid back a second time");
    hours(&site, 2).await;
    assert_eq!((cases(&site).await.len(), facts(&site, "payment.charged_back").await), (1, 1));
}

#[tokio::test]
async fn what_was_spent_is_a_case_and_what_a_friend_has_claimed_comes_back() {
    let site = TestSite::new().await;
    let (customer, friend) = (&site.cast.customer, &site.cast.other_customer);
    let (_, card) = doubtful_card(customer, 10_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &card, Some(3_000), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    assert_eq!(redeem(customer, &card, 1_000, "redeem").await.status, 201);
    assert_eq!(send_to(customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    let claimed = claim(friend, &mailed_code(&site).await, "claim").await.json();
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([10_000, 6_000, 4_000], "open"));
    let cards: Vec<&str> =
        case["cards"].as_array().expect("cards").iter().map(|one| text(one, "gift_card_id")).collect();
    assert!(cards.contains(&card.as_str()) && cards.contains(&text(&claimed, "id")), "{case}");
    assert_eq!((missing(&site).await, balance(&site, "gift_card").await), ((4_000, 0), 0));
    let friend = friend.signed_in_anew(&site).await;
    let refused = redeem(&friend, text(&claimed, "id"), 1, "late").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "card_frozen"));
    assert_eq!(balance(&site, "customer_credit").await, -1_000, "what became credit stays credit");
}

#[tokio::test]
async fn value_on_its_way_comes_back_and_its_code_opens_nothing() {
    let site = TestSite::new().await;
    let (_, card) = doubtful_card(&site.cast.customer, 5_000).await;
    send_to(&site.cast.customer, &card, "friend@elsewhere.test", "send").await;
    let code = mailed_code(&site).await;
    hours(&site, 2).await;
    assert_eq!(sums(&cases(&site).await[0]), [5_000, 5_000, 0]);
    let late = claim(&site.cast.other_customer.signed_in_anew(&site).await, &code, "late").await;
    assert_eq!((late.status, late.code().as_str()), (404, "code_opens_nothing"));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let taken = customer.post(&format!("/api/gift-cards/{card}/transfers/latest/return"), &json!({})).await;
    assert_eq!(taken.status, 409, "{}", taken.text());
    assert_eq!(missing(&site).await, (0, 0));
}

#[tokio::test]
async fn what_comes_back_to_a_stopped_card_is_found_an_hour_later() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, card) = doubtful_card(customer, 5_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    apply(customer, &booking, &card, Some(4_000), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    hours(&site, 2).await;
    assert_eq!(sums(&cases(&site).await[0]), [5_000, 1_000, 4_000]);
    let customer = customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(left_on(&customer, &card).await, 4_000, "it waits on the stopped card");
    hours(&site, 1).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "state")), ([5_000, 5_000, 0], "closed"));
    assert_eq!((missing(&site).await, balance(&site, "gift_card").await), ((0, 0), 0));
}

#[tokio::test]
async fn a_booking_is_a_case_of_the_whole_amount_and_goes_on() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let case = cases(&site).await.remove(0);
    assert_eq!((sums(&case), text(&case, "booking_id")), ([26_250, 0, 26_250], text(&booking, "id")));
    assert_eq!((status(&site, &booking).await.0.as_str(), missing(&site).await), ("confirmed", (26_250, 0)));
    // Whoever has the money from their bank gets no credit for it.
    let customer = site.cast.customer.signed_in_anew(&site).await;
    let preview = customer.get(&format!("/api/bookings/{}/cancellation-preview", text(&booking, "id"))).await.json();
    assert!(preview["parts_as_credit"].is_null(), "{preview}");
    let support = site.cast.support.signed_in_anew(&site).await;
    let closed = close(&support, &case, "The evening took place", "close").await;
    assert_eq!(closed.status, 200, "{}", closed.text());
    assert_eq!(missing(&site).await, (0, 26_250));
    assert_eq!(text(&look(&customer, &booking).await, "status"), "confirmed");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_a_bank_took_back_is_not_refunded_too() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let customer = site.cast.customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(text(&look(&customer, &booking).await, "payment_status"), "refunding", "the provider refuses");
    let bought: i64 = sqlx::query_scalar("SELECT coalesce(sum(refunded_minor), 0)::bigint FROM sandbox_card_payments")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("adds up");
    assert_eq!(bought, 0);
    let order = doubtful_card(&customer, 1_000).await.0;
    assert_eq!(pay_order(&customer, &order, PAYS, "again").await.code(), "already_paid");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn nothing_is_left_to_refund_beyond_the_policy_of_what_a_bank_took_back() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    site.clock.advance(at(&site, 5, 10) - site.now() - TimeDelta::hours(2));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    cancel(&site, &customer, &booking).await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "paid".to_owned()));
    let (support, _) = two_of_staff(&site).await;
    let refused = ask(&support, &booking, 1, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "refund_too_large"));
    site.run_jobs().await;
}
