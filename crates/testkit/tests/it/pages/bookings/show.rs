//! One booking, as its customer sees it.

use testkit::TestSite;

use crate::steps::journey::{at, book, book_and_pay, text};

#[tokio::test]
async fn a_booking_shows_what_it_is_and_what_it_cost() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let path = format!("/bookings/{}", text(&booking, "id"));
    let shown = site.cast.customer.get(&path).await;
    assert_eq!(shown.status, 200);
    let page = shown.page();
    for words in ["Ada Quill", "Half an hour on screen", "$262.50", text(&booking, "reference"), "/cancellation"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(site.cast.other_customer.get(&path).await.status, 404);
    site.run_jobs().await;
}

#[tokio::test]
async fn the_talent_s_side_sees_the_price_and_who_booked_once_it_is_paid() {
    let site = TestSite::new().await;
    let paid = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let unpaid = book(&site.cast.other_customer, &site.cast.star, at(&site, 6, 10)).await;
    let open = async |booking| {
        let shown = site.cast.celebrity.get(&format!("/bookings/{}", text(booking, "id"))).await;
        assert_eq!(shown.status, 200);
        shown.page()
    };
    let page = open(&paid).await;
    assert!(page.contains("customer") && page.contains("$250.00"), "{page}");
    assert!(!open(&unpaid).await.contains("other-customer"));
    site.jobs_may_be_left();
}
