//! Refunds that a customer keeps as credit: what becomes credit, what goes back as it was, and what is shown before.

use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::steps::gifts::{apply, card_of, freeze, give_credit, left_on, own_card, tender};
use crate::steps::journey::{PAYS, at, balance, book, booked, faults, look, pay, provider_keeps, shown, status, text};

/// Calls a booking off and lets everything be paid back; the preview.
async fn cancel_to(site: &TestSite, caller: &TestCaller, booking: &Value, refund_to: &str) -> Value {
    let path = format!("/api/bookings/{}/cancellation", text(booking, "id"));
    let preview = caller.get(&format!("{path}-preview")).await.json();
    let body = json!({"expected_refund_minor": preview["total"]["amount_minor"], "refund_to": refund_to});
    for _ in 0..2 {
        let done = caller.post(&path, &body).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    site.run_jobs().await;
    preview
}

#[tokio::test]
async fn own_money_becomes_credit_and_given_value_stays_what_it_was() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let (promotional, bought) = (card_of(&site, customer, "promotional").await, own_card(customer, 5_000).await);
    give_credit(&site, customer, 1_001).await;
    apply(customer, &booking, &promotional, Some(3_333), "one").await;
    apply(customer, &booking, &bought, Some(4_999), "two").await;
    tender(customer, &booking, json!({"method": "credit"}), "three").await;
    assert_eq!(text(&pay(customer, &booking, PAYS, "four").await.json(), "state"), "settled");
    let preview = cancel_to(&site, customer, &booking, "credit").await;
    assert_eq!(
        shown(&preview["parts"]),
        [
            ("card", "as_paid", 16_917),
            ("credit", "credit", 1_001),
            ("gift_card", "gift_card", 4_999),
            ("gift_card", "gift_card", 3_333)
        ]
    );
    let as_credit = shown(&preview["parts_as_credit"]);
    assert_eq!(
        as_credit,
        [
            ("card", "credit", 16_917),
            ("credit", "credit", 1_001),
            ("gift_card", "credit", 4_999),
            ("gift_card", "gift_card", 3_333)
        ]
    );
    assert_eq!((left_on(customer, &promotional).await, left_on(customer, &bought).await), (5_000, 1));
    let credit = customer.get("/api/me/credit").await.json();
    assert_eq!(credit["items"][0]["amount_minor"], json!(16_917 + 1_001 + 4_999));
    assert_eq!(provider_keeps(&site).await, 5_000 + 16_917, "nothing went to the bank");
    assert_eq!((balance(&site, "booking_escrow").await, faults(&site).await), (0, Vec::new()));
    let refunds = look(customer, &booking).await["payment"]["refunds"].clone();
    let kept: Vec<bool> =
        refunds.as_array().expect("refunds").iter().map(|one| one["kept_as_credit"] == json!(true)).collect();
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 2, "{refunds}");
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
}

#[tokio::test]
async fn credit_of_a_refund_pays_for_the_next_booking_and_is_never_paid_out() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    pay(customer, &booking, PAYS, "one").await;
    cancel_to(&site, customer, &booking, "credit").await;
    let next = book(customer, &site.cast.star, at(&site, 6, 11)).await;
    tender(customer, &next, json!({"method": "credit"}), "two").await;
    let paid = tender(customer, &next, json!({"method": "applied"}), "three").await;
    assert_eq!((paid.status, text(&paid.json(), "state")), (200, "settled"), "{}", paid.text());
    let preview = cancel_to(&site, customer, &next, "as_paid").await;
    assert_eq!(shown(&preview["parts"]), [("credit", "credit", 26_250)]);
    assert!(preview["parts_as_credit"].is_null(), "there is no choice");
    assert_eq!((balance(&site, "customer_credit").await, provider_keeps(&site).await), (-26_250, 26_250));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stopped_card_keeps_its_value_and_becomes_no_credit() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let bought = own_card(customer, 5_000).await;
    apply(customer, &booking, &bought, None, "one").await;
    pay(customer, &booking, PAYS, "two").await;
    assert_eq!(freeze(&site, &bought).await.status, 200);
    let preview = cancel_to(&site, customer, &booking, "credit").await;
    let as_credit = shown(&preview["parts_as_credit"]);
    assert_eq!(as_credit, [("card", "credit", 21_250), ("gift_card", "gift_card", 5_000)]);
    assert_eq!((balance(&site, "customer_credit").await, left_on(customer, &bought).await), (-21_250, 5_000));
    assert_eq!(faults(&site).await, Vec::<String>::new());
}
