//! The sandbox's bank, which asks whether it is really the payer.

use testkit::TestSite;

use crate::steps::journey::{ASKS, at, book, status, text};

#[tokio::test]
async fn the_payer_confirms_at_the_bank_and_nobody_else_does() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    let asked = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await;
    let bank = asked.header("location");
    assert_eq!(asked.status, 303);
    assert!(bank.starts_with("/sandbox/cards/"), "{bank}");
    assert!(browser.get(&bank).await.text().contains("Is it you who pays $262.50 to Stagedoor?"));
    assert_eq!(site.cast.other_customer.get(&bank).await.status, 404);

    let approved = browser.submit(&bank, &bank, &[("decision", "approve")]).await;
    assert_eq!((approved.status, approved.header("location")), (303, page));
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
async fn nobody_answers_for_the_payer() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let bank = site.cast.customer.browser().submit(&checkout, &checkout, &[("number", ASKS)]).await.header("location");
    let refused = site.cast.other_customer.browser().submit("/account", &bank, &[("decision", "approve")]).await;
    assert_eq!(refused.status, 404, "{}", refused.page());
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.jobs_may_be_left();
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
