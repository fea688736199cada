//! Placing the booking that was reviewed.

use testkit::TestSite;

use crate::steps::journey::{at, book};
use crate::steps::order::{place, review};

#[tokio::test]
async fn a_doubled_click_is_one_booking_that_waits_to_be_paid() {
    let site = TestSite::new().await;
    let (browser, star) = (site.cast.customer.browser(), &site.cast.star);
    let shown = review(&browser, star, at(&site, 5, 10)).await;
    let first = place(&browser, star, &shown).await;
    assert_eq!(first.status, 303, "{}", first.page());
    let again = place(&browser, star, &shown).await;
    assert_eq!((again.status, again.header("location")), (303, first.header("location")));
    let checkout = browser.get(&first.header("location")).await;
    assert!(checkout.page().contains("To pay, with everything in it"), "{}", checkout.page());
    assert!(!site.is_free(star, at(&site, 5, 10)).await);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn who_was_slower_learns_what_else_is_free() {
    let site = TestSite::new().await;
    let (browser, star) = (site.cast.customer.browser(), &site.cast.star);
    let shown = review(&browser, star, at(&site, 5, 10)).await;
    book(&site.cast.other_customer, star, at(&site, 5, 10)).await;
    let slower = place(&browser, star, &shown).await;
    assert_eq!(slower.status, 409);
    let text = slower.page();
    assert!(text.contains("<h1>Somebody was faster.</h1>") && text.contains("/brief?starts_at="), "{text}");
    site.jobs_may_be_left();
}
