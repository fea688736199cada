//! The person's bookings.

use testkit::TestSite;

use crate::steps::journey::{at, book, text};

#[tokio::test]
async fn everybody_sees_their_own_bookings() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let link = format!("/bookings/{}", text(&booking, "id"));
    let mine = site.cast.customer.get("/bookings").await;
    assert_eq!(mine.status, 200);
    assert!(mine.page().contains("<h1>Bookings</h1>") && mine.page().contains(&link), "{}", mine.page());
    let others = site.cast.other_customer.get("/bookings").await.page();
    assert!(others.contains("No bookings yet.") && !others.contains(&link), "{others}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_talent_sees_the_bookings_of_their_profile_and_no_others() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let link = format!("/bookings/{}", text(&booking, "id"));
    assert!(!site.cast.other_celebrity.get("/bookings").await.page().contains(&link));
    assert_eq!(site.cast.anonymous.get("/bookings").await.header("location"), "/login?return_to=%2Fbookings");
    site.jobs_may_be_left();
}
