//! What needs the person.

use testkit::TestSite;

use crate::steps::journey::{at, book, text};

#[tokio::test]
async fn what_waits_to_be_paid_stands_on_it() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let shown = site.cast.customer.get("/dashboard").await;
    assert_eq!(shown.status, 200);
    assert!(shown.page().contains("customer") && shown.page().contains(&checkout), "{}", shown.page());
    assert!(!site.cast.other_customer.get("/dashboard").await.page().contains(&checkout));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn who_is_booked_reads_that_nothing_is_yet() {
    let site = TestSite::new().await;
    let shown = site.cast.celebrity.get("/dashboard").await.page();
    assert!(shown.contains("Nothing is booked with you") && shown.contains("/account/calendars"), "{shown}");
    assert!(!shown.contains("Who would make the evening?"), "{shown}");
}

#[tokio::test]
async fn who_has_not_verified_can_have_the_link_again() {
    let site = TestSite::new().await;
    assert!(site.cast.unverified.get("/dashboard").await.page().contains("action=\"/verify/mail\""));
    assert!(!site.cast.customer.get("/dashboard").await.page().contains("action=\"/verify/mail\""));
}
