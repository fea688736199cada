//! What became of the person's credit.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{card_with, give_credit, redeem, tender};
use crate::steps::journey::{PAYS, at, book, cancel, pay, text};

#[tokio::test]
async fn each_step_stands_with_what_was_left_and_leads_to_what_it_was_for() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_credit(&site, customer, 4_000).await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    tender(customer, &booking, json!({"method": "credit", "amount_minor": 1_500}), "apply").await;
    pay(customer, &booking, PAYS, "pay").await;
    cancel(&site, customer, &booking).await;
    let cards = customer.browser().get("/account/gift-cards").await.page();
    assert!(cards.contains("href=\"/account/credit\""), "{cards}");
    let page = customer.browser().get("/account/credit").await.page();
    let steps: Vec<&str> = page.split("<p class=\"what\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(steps, ["From a gift card", "Spent", "Paid back"]);
    assert!(page.contains("<h1>$40.00 <span class=\"of\">of credit</span></h1>"), "{page}");
    let link = format!("href=\"/bookings/{}\">Booking {}", text(&booking, "id"), text(&booking, "reference"));
    assert_eq!(page.matches(&link).count(), 2, "{page}");
    assert!(page.contains("The card ending in ") && page.contains("−$15.00"), "{page}");
}

#[tokio::test]
async fn every_currency_is_shown_by_itself_and_whoever_has_none_reads_where_it_comes_from() {
    let site = TestSite::new().await;
    let (customer, other) = (&site.cast.customer, &site.cast.other_customer);
    give_credit(&site, customer, 1_000).await;
    let card = card_with(&site, customer, "goodwill", 2_000, "EUR").await;
    redeem(customer, &card, 700, "euros").await;
    let dollars = customer.browser().get("/account/credit?currency=USD").await.page();
    assert!(dollars.contains("<h1>$10.00") && dollars.contains("/account/credit?currency=EUR\">€7.00"), "{dollars}");
    let euros = customer.browser().get("/account/credit?currency=EUR").await.page();
    assert!(euros.contains("<h1>€7.00") && !euros.contains("+$10.00"), "{euros}");
    assert!(other.browser().get("/account/credit").await.page().contains("No credit yet."));
    let stranger = site.cast.anonymous.browser().get("/account/credit").await;
    assert_eq!(stranger.status, 303, "log in first");
}
