//! The sandbox's bank, which asks whether it is really the payer.

use serde_json::json;
use testkit::TestSite;

use crate::steps::journey::{ASKS, at, book, leg, status, text};

#[tokio::test]
async fn the_payer_confirms_at_the_bank_without_a_session_there() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    let asked = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await;
    let bank = asked.header("location");
    assert_eq!(asked.status, 303);
    assert!(bank.starts_with("/sandbox/cards/"), "{bank}");
    assert!(browser.get(&checkout).await.page().contains(&bank), "who left the page finds the way back");
    // The bank knows nothing of sessions here: it may ask on another device.
    let elsewhere = site.cast.anonymous.browser();
    assert!(elsewhere.get(&bank).await.text().contains("Is it you who pays $262.50 to Stagedoor?"));
    assert_eq!(elsewhere.get("/sandbox/cards/sandbox_nobody").await.status, 404);

    let approved = elsewhere.submit(&bank, &bank, &[("decision", "approve")]).await;
    assert_eq!((approved.status, approved.header("location")), (303, checkout.clone()));
    assert_eq!(browser.get(&checkout).await.header("location"), page, "what is paid has no checkout");
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    assert!(browser.get(&bank).await.text().contains("There is nothing left to confirm."));
    site.run_jobs().await;
}

#[tokio::test]
async fn who_says_no_pays_nothing() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let bank = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await.header("location");
    let refused = browser.submit(&bank, &bank, &[("decision", "refuse")]).await;
    assert_eq!(refused.status, 303, "{}", refused.text());
    assert!(browser.get(&checkout).await.text().contains("You told your bank not to pay."));
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.run_jobs().await;
}

#[tokio::test]
async fn another_program_s_payer_is_led_back_to_it() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let path = format!("/api/bookings/{}/payments", text(&booking, "id"));
    let asks = |return_url: &str| json!({"method": "card", "card": {"number": ASKS}, "return_url": return_url});
    let refused = site.cast.customer.post(&path, &asks("http://shop.example/after")).await;
    assert_eq!((refused.status, refused.problem()["errors"][0]["field"].as_str()), (422, Some("return_url")));
    let asked = site.cast.customer.post(&path, &asks("https://shop.example/after?order=7")).await.json();
    let bank = text(leg(&asked), "action_url");
    let browser = site.cast.anonymous.browser();
    let answered = browser.submit(bank, bank, &[("decision", "approve")]).await;
    // The answer to a form cannot lead to another site: the payer follows a link.
    assert_eq!(answered.status, 200, "{}", answered.text());
    assert!(answered.page().contains("href=\"https://shop.example/after?order=7\""), "{}", answered.page());
    assert_eq!(status(&site, &booking).await.0, "confirmed");
    site.run_jobs().await;
}

#[tokio::test]
async fn an_answer_that_is_neither_yes_nor_no_is_none() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let bank = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await.header("location");
    let refused = browser.submit(&bank, &bank, &[("decision", "perhaps")]).await;
    assert_eq!(refused.status, 422, "{}", refused.page());
    assert!(browser.get(&bank).await.text().contains("Is it you who pays $262.50 to Stagedoor?"));
    site.jobs_may_be_left();
}
