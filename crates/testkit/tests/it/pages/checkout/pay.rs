//! Paying by card on the checkout.

use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::journey::{ASKS, DECLINES, PAYS, at, balance, book, book_and_pay, status, text};

#[tokio::test]
async fn a_declined_card_leads_back_and_another_one_pays() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    let shown = browser.get(&checkout).await.text();
    assert!(shown.contains("Pay $262.50") && shown.contains("4000 0000 0000 0002"), "what the sandbox takes: {shown}");

    assert!(
        shown.contains("is yours until ") && shown.contains("data-then=\"reload\""),
        "the end of the hold: {shown}"
    );
    let nonsense = browser.submit(&checkout, &checkout, &[("number", "4000")]).await;
    assert!(nonsense.text().contains("id=\"number-fault\""), "{} {}", nonsense.status, nonsense.text());
    let declined = browser.submit(&checkout, &checkout, &[("number", DECLINES)]).await;
    assert_eq!((declined.status, declined.header("location")), (303, checkout.clone()));
    assert!(browser.get(&checkout).await.text().contains("Your bank declined the card."));
    let paid = browser.submit(&checkout, &checkout, &[("number", PAYS)]).await;
    assert_eq!((paid.status, paid.header("location")), (303, page));
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_mistyped_number_leaves_the_way_to_the_bank_on_the_page() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let asked = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await;
    assert!(asked.header("location").starts_with("/sandbox/cards/"), "{}", asked.header("location"));
    let nonsense = browser.submit(&checkout, &checkout, &[("number", "4000")]).await;
    assert_eq!(nonsense.status, 422);
    assert!(nonsense.page().contains(&asked.header("location")), "{}", nonsense.page());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_hold_that_lapsed_is_not_paid() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(16));
    let shown = site.cast.customer.get(&format!("/bookings/{}/checkout", text(&booking, "id"))).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("<h1>The hold has lapsed.</h1>"), "{}", shown.text());
    site.run_jobs().await;
}

#[tokio::test]
async fn what_is_paid_is_not_paid_again() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let shown = browser.get(&format!("{page}/checkout")).await;
    assert_eq!((shown.status, shown.header("location")), (303, page.clone()), "{}", shown.page());
    let csrf = browser.get("/account").await.csrf();
    let again = browser.post(&format!("{page}/checkout"), &csrf, &[("number", PAYS)]).await;
    assert_eq!((again.status, again.header("location")), (303, page), "{}", again.page());
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
}

#[tokio::test]
async fn nobody_pays_for_another_s_booking() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    for caller in [&site.cast.other_customer, &site.cast.celebrity, &site.cast.support] {
        let browser = caller.browser();
        assert_eq!(browser.get(&checkout).await.status, 404, "{}", caller.name);
        let paid = browser.submit("/account", &checkout, &[("number", PAYS)]).await;
        assert_eq!(paid.status, 404, "{}: {}", caller.name, paid.page());
    }
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.jobs_may_be_left();
}
