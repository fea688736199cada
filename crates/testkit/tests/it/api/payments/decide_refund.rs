//! Deciding about a refund beyond the policy: another one than who asked, once, within what is left.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::journey::{
    at, balance, book_and_pay, faults, kept_booking, look, mails, provider_keeps, status, text,
};
use crate::steps::refund_requests::{ask, asked, decide, facts, two_of_staff};

#[tokio::test]
async fn what_was_approved_is_paid_at_our_cost_and_the_customer_is_told() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let earned = balance(&site, "celebrity_payable").await;
    let request = asked(&support, &booking, 10_001, "one").await;
    let approved = decide(&admin, &request, "approval", "two").await;
    assert_eq!((approved.status, text(&approved.json(), "state")), (200, "approved"), "{}", approved.text());
    assert_eq!(text(&approved.json(), "decided_by"), admin.id().to_string());
    let again = decide(&admin, &request, "approval", "two").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    let pays: Vec<(String, bool)> =
        sqlx::query_as("SELECT kind, is_hidden FROM jobs WHERE finished_at IS NULL AND kind LIKE 'pay_back%'")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
    assert_eq!(pays, [("pay_back_granted".to_owned(), true)], "the previous release would not tell the booking");
    site.run_jobs().await;
    assert_eq!((provider_keeps(&site).await, balance(&site, "goodwill_costs").await), (16_249, 10_001));
    assert_eq!((balance(&site, "celebrity_payable").await, balance(&site, "booking_escrow").await), (earned, 0));
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "partly_refunded".to_owned()));
    assert_eq!(mails(&site, "booking_refund_granted", &booking).await, 1);
    assert_eq!((facts(&site, "payment.refund_approved").await, faults(&site).await), (1, Vec::new()));
    // The rest of it, and not a cent more.
    let more = ask(&support, &booking, 16_250, "three").await;
    assert_eq!(more.code(), "refund_too_large");
    let rest = asked(&support, &booking, 16_249, "four").await;
    assert_eq!(decide(&admin, &rest, "approval", "five").await.status, 200);
    site.run_jobs().await;
    assert_eq!((status(&site, &booking).await.1.as_str(), provider_keeps(&site).await), ("refunded", 0));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_asked_approves_nothing() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let request = asked(&support, &booking, 100, "one").await;
    let own = decide(&support, &request, "approval", "two").await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_request"));
    // Whatever a program forgets, the database does not.
    let forced =
        sqlx::query("UPDATE refund_requests SET state = 'approved', decided_by = asked_by, decided_at = asked_at")
            .execute(site.test_database().database.pool())
            .await;
    assert!(forced.is_err_and(|error| error.to_string().contains("refund_requests_two_people")));
    let customer = site.cast.customer.signed_in_anew(&site).await;
    assert_eq!(decide(&customer, &request, "approval", "three").await.status, 403);
    assert_eq!(decide(&admin, &request, "approval", "four").await.status, 200);
    site.run_jobs().await;
}

#[tokio::test]
async fn of_many_that_are_approved_at_once_no_more_is_paid_than_was_captured() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let mut requests = Vec::new();
    for number in 0..6 {
        requests.push(asked(&support, &booking, 10_000, &format!("ask-{number}")).await);
    }
    let decided = join_all(requests.iter().map(|request| decide(&admin, request, "approval", request))).await;
    let paid = decided.iter().filter(|answer| answer.status == 200).count();
    let refused =
        decided.iter().filter(|answer| answer.status == 409).filter(|answer| answer.code() == "refund_too_large");
    assert_eq!((paid, refused.count()), (2, 4), "two of 100.00 fit into 262.50");
    site.run_jobs().await;
    assert_eq!((provider_keeps(&site).await, faults(&site).await), (6_250, Vec::new()));
}

#[tokio::test]
async fn what_was_declined_is_not_approved_and_who_asked_may_take_it_back() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let (first, second) = (asked(&support, &booking, 1, "one").await, asked(&support, &booking, 2, "two").await);
    let declined = decide(&admin, &first, "refusal", "three").await.json();
    assert_eq!(
        (text(&declined, "state"), text(&declined, "decided_by")),
        ("declined", admin.id().to_string().as_str())
    );
    let late = decide(&admin, &first, "approval", "four").await;
    assert_eq!((late.status, late.code().as_str()), (409, "already_decided"));
    assert_eq!(text(&decide(&support, &second, "refusal", "five").await.json(), "state"), "declined");
    site.run_jobs().await;
    assert_eq!((balance(&site, "goodwill_costs").await, facts(&site, "payment.refund_declined").await), (0, 2));
}

#[tokio::test]
async fn a_booking_that_took_place_is_refunded_too_and_its_history_says_so() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 3, 10)).await;
    for days in [3, 1, 3] {
        site.clock.advance(TimeDelta::days(days));
        site.run_jobs().await;
    }
    assert_eq!(status(&site, &booking).await.0, "completed");
    let (support, admin) = two_of_staff(&site).await;
    let request = asked(&support, &booking, 26_250, "one").await;
    assert_eq!(decide(&admin, &request, "approval", "two").await.status, 200);
    site.run_jobs().await;
    let after = look(&admin, &booking).await;
    assert_eq!((text(&after, "status"), text(&after, "payment_status")), ("completed", "refunded"));
    let kinds: Vec<&Value> = after["history"].as_array().expect("a history").iter().map(|line| &line["kind"]).collect();
    assert_eq!(kinds.last(), Some(&&json!("refunded")));
    assert_eq!((provider_keeps(&site).await, faults(&site).await), (0, Vec::new()));
}
