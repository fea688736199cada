//! What needs the person.

use testkit::TestSite;

use crate::steps::journey::{at, book, kept_booking, text};
use crate::steps::refund_requests::{asked, two_of_staff};

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
async fn staff_read_what_they_may_decide() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let glows = |page: &str| page.contains("class=\"lamp-glows\"");
    let idle = site.cast.support.browser().get("/dashboard").await.page();
    assert!(
        idle.contains("No refund waits for your decision") && !idle.contains("Find somebody") && !glows(&idle),
        "{idle}"
    );
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    asked(&support, &booking, 1_000, "one").await;
    let own = support.browser().get("/dashboard").await.page();
    assert!(
        own.contains("No refund waits for your decision") && !glows(&own),
        "their own waits for somebody else: {own}"
    );
    let page = admin.browser().get("/dashboard").await.page();
    assert!(page.contains("href=\"/staff/refunds\"><b>1 refund to decide</b>") && glows(&page), "{page}");
    assert!(page.contains("class=\"menu-part"), "{page}");
    let page = admin.browser().get("/staff/refunds").await.page();
    assert!(page.contains(">Waits for you<"), "{page}");
    let page = support.browser().get("/staff/refunds").await.page();
    assert!(page.contains(">Waits for somebody else<"), "{page}");
    let customer = customer.signed_in_anew(&site).await.browser().get("/dashboard").await.page();
    assert!(!customer.contains("menu-part") && !customer.contains("/staff/"), "{customer}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn who_has_not_verified_can_have_the_link_again() {
    let site = TestSite::new().await;
    assert!(site.cast.unverified.get("/dashboard").await.page().contains("action=\"/verify/mail\""));
    assert!(!site.cast.customer.get("/dashboard").await.page().contains("action=\"/verify/mail\""));
}
