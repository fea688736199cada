//! Taking back what is set aside for a booking.

use serde_json::json;

use crate::steps::gifts::{apply, card_of, left_on, tender, withdraw};
use crate::steps::journey::{ASKS, PAYS, booked, faults, pay, text};
use crate::steps::objects::NOBODY_S;

#[tokio::test]
async fn what_is_set_aside_can_be_taken_back_and_applied_anew() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let applied = apply(customer, &booking, &card, None, "one").await.json();
    assert_eq!(
        (text(&applied["legs"][0], "state"), text(&applied["legs"][0], "gift_card_id")),
        ("held", card.as_str())
    );
    assert_eq!(applied["remaining"]["amount_minor"], json!(21_250));
    assert_eq!(left_on(customer, &card).await, 0);
    let again = apply(customer, &booking, &card, Some(100), "two").await;
    assert_eq!((again.status, again.code().as_str()), (409, "already_applied"));
    let back = withdraw(customer, &applied, 0).await;
    assert_eq!((back.status, &back.json()["remaining"]["amount_minor"]), (200, &json!(26_250)), "{}", back.text());
    assert_eq!(text(&back.json()["legs"][0], "state"), "void");
    assert_eq!(left_on(customer, &card).await, 5_000);
    let twice = withdraw(customer, &applied, 0).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "not_held"));
    let anew = apply(customer, &booking, &card, Some(1_000), "three").await.json();
    assert_eq!((anew["remaining"]["amount_minor"].clone(), left_on(customer, &card).await), (json!(25_250), 4_000));
    assert!(faults(&site).await.is_empty());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn nobody_takes_back_what_another_set_aside_nor_after_it_was_taken() {
    let (site, booking) = booked().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let applied = apply(&cast.customer, &booking, &card, None, "one").await.json();
    assert_eq!(withdraw(&cast.other_customer, &applied, 0).await.status, 404);
    assert_eq!(withdraw(&cast.admin, &applied, 0).await.status, 403, "staff see it, and take nothing back");
    let paid = pay(&cast.customer, &booking, PAYS, "two").await.json();
    assert_eq!(text(&paid, "state"), "settled");
    let late = withdraw(&cast.customer, &applied, 0).await;
    assert_eq!((late.status, late.code().as_str()), (409, "already_paid"));
    site.run_jobs().await;
}

#[tokio::test]
async fn what_is_refused_ends_no_payment_that_is_under_way() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let asked = pay(customer, &booking, ASKS, "one").await.json();
    let state = async || {
        let shown = customer.get(&format!("/api/payments/{}", text(&asked, "id"))).await.json();
        text(&shown["legs"][0], "state").to_owned()
    };
    let unknown = json!({"method": "gift_card", "gift_card_id": NOBODY_S});
    for (body, status) in [(unknown, 404), (json!({"method": "credit"}), 409), (json!({"method": "applied"}), 409)] {
        let refused = tender(customer, &booking, body.clone(), &body.to_string()).await;
        assert_eq!((refused.status, state().await.as_str()), (status, "action_required"), "{body}: {}", refused.text());
    }
    let path = format!("/api/payments/{}/legs/{NOBODY_S}", text(&asked, "id"));
    assert_eq!(customer.call("DELETE", &path, None, &[]).await.status, 404);
    assert_eq!(state().await, "action_required");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_bank_that_still_asks_is_told_before_what_is_applied_changes() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let applied = apply(customer, &booking, &card, None, "one").await.json();
    let asked = pay(customer, &booking, ASKS, "two").await.json();
    assert_eq!(text(&asked["legs"][1], "state"), "action_required");
    let back = withdraw(customer, &applied, 0).await.json();
    let states: Vec<&str> = back["legs"].as_array().unwrap().iter().map(|leg| text(leg, "state")).collect();
    assert_eq!((states, &back["remaining"]["amount_minor"]), (vec!["void", "void"], &json!(26_250)));
    let uncovered = tender(customer, &booking, json!({"method": "applied"}), "three").await;
    assert_eq!((uncovered.status, uncovered.code().as_str()), (409, "not_covered"));
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}
