//! Calling a booking off: the refund that is shown is the refund that is paid.

use serde_json::json;
use testkit::TestSite;

use crate::steps::chargebacks::{doubtful_booking, hours};
use crate::steps::gifts::{apply, card_of, give_credit, own_card, tender};
use crate::steps::journey::{PAYS, at, balance, book_and_pay, booked, pay, status, text};

#[tokio::test]
async fn the_refund_is_shown_and_another_one_changes_nothing() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let browser = site.cast.customer.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let shown = browser.get(&path).await.text();
    assert!(
        shown.contains("Cancel this booking with Ada Quill?")
            && shown.contains("<span>Paid back</span> <b>$262.50</b>"),
        "{shown}"
    );

    let changed = browser.submit(&path, &path, &[("expected_minor", "1")]).await;
    assert_eq!(changed.status, 409);
    assert!(changed.text().contains("The refund has changed since you saw it"), "{}", changed.text());
    assert_eq!(status(&site, &booking).await.0, "confirmed");

    let done = browser.submit(&path, &path, &[("expected_minor", "26250")]).await;
    assert_eq!((done.status, done.header("location")), (303, format!("/bookings/{}", text(&booking, "id"))));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
}

#[tokio::test]
async fn each_part_of_the_refund_is_shown_with_where_it_goes() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    give_credit(&site, customer, 3_000).await;
    apply(customer, &booking, &card_of(&site, customer, "goodwill").await, None, "one").await;
    tender(customer, &booking, json!({"method": "credit"}), "two").await;
    assert_eq!(pay(customer, &booking, PAYS, "three").await.json()["state"], "settled");
    let shown = customer.browser().get(&format!("/bookings/{}/cancellation", text(&booking, "id"))).await.text();
    // What is the bank card's may become credit; the rest goes the same way by either choice.
    for (way, count) in [
        ("Back to the bank card", 1),
        ("Back to your credit", 2),
        ("Back to the gift card ending in", 2),
        ("From the bank card, as credit", 1),
        ("class=\"choice\"", 2),
        (">Cancel the booking</button>", 1),
    ] {
        assert_eq!(shown.matches(way).count(), count, "{way}: {shown}");
    }
    site.run_jobs().await;
}

#[tokio::test]
async fn a_card_that_never_had_a_code_is_told_by_when_it_was_bought() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    apply(customer, &booking, &own_card(customer, 5_000).await, None, "one").await;
    assert_eq!(pay(customer, &booking, PAYS, "two").await.json()["state"], "settled");
    let shown = customer.browser().get(&format!("/bookings/{}/cancellation", text(&booking, "id"))).await.page();
    assert!(shown.contains("Back to the gift card bought "), "{shown}");
    site.run_jobs().await;
}

#[tokio::test]
async fn what_the_bank_has_paid_back_is_said_and_not_paid_again() {
    let site = TestSite::new().await;
    let booking = doubtful_booking(&site, &site.cast.customer).await;
    hours(&site, 2).await;
    let browser = site.cast.customer.signed_in_anew(&site).await.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let shown = browser.get(&path).await.page();
    for words in ["Paid back by the bank already", "It is not paid a second time.", "Cancel the booking"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("Cancel and pay back") && !shown.contains("Keep $"), "{shown}");
    assert_eq!(browser.submit(&path, &path, &[("expected_minor", "26250")]).await.status, 303);
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "provider_clearing").await, 0);
}

#[tokio::test]
async fn a_form_that_was_tampered_with_cancels_nothing() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let browser = site.cast.customer.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let refused = browser.submit(&path, &path, &[("expected_minor", "all of it")]).await;
    assert_eq!(refused.status, 422, "{}", refused.page());
    let forged = browser.post(&path, "forged", &[("expected_minor", "26250")]).await;
    assert_eq!(forged.status, 403, "{}", forged.page());
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "confirmed");
}

#[tokio::test]
async fn what_is_cancelled_is_not_cancelled_again() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let browser = site.cast.customer.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let csrf = browser.get(&path).await.csrf();
    for _ in 0..2 {
        browser.post(&path, &csrf, &[("expected_minor", "26250")]).await;
    }
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
    assert_eq!(balance(&site, "provider_clearing").await, 0, "it went back once");
}

#[tokio::test]
async fn nobody_cancels_another_s_booking() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let browser = site.cast.other_customer.browser();
    assert_eq!(browser.get(&path).await.status, 404);
    assert_eq!(browser.submit("/account", &path, &[("expected_minor", "26250")]).await.status, 404);
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await.0, "confirmed");
}

#[tokio::test]
async fn the_page_shows_both_ways_and_does_what_was_chosen() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let browser = site.cast.customer.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let shown = browser.get(&path).await.text();
    for words in
        ["Back the way it came", "Keep $262.50 as credit", "From the bank card, as credit", "it is not paid out"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let changed = browser.submit(&path, &path, &[("expected_minor", "1"), ("refund_to", "credit")]).await;
    assert!(changed.text().contains("value=\"credit\" checked"), "what was chosen stays chosen");
    let done = browser.submit(&path, &path, &[("expected_minor", "26250"), ("refund_to", "credit")]).await;
    assert_eq!(done.status, 303, "{}", done.page());
    site.run_jobs().await;
    assert_eq!((balance(&site, "customer_credit").await, balance(&site, "booking_escrow").await), (-26_250, 0));
}
