//! Calling a booking off: the refund that is shown is the refund that is paid.

use testkit::TestSite;

use crate::steps::journey::{at, book_and_pay, status, text};

#[tokio::test]
async fn the_refund_is_shown_and_another_one_changes_nothing() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 9, 10)).await;
    let browser = site.cast.customer.browser();
    let path = format!("/bookings/{}/cancellation", text(&booking, "id"));
    let shown = browser.get(&path).await.text();
    assert!(shown.contains("Cancel this booking with Ada Quill?") && shown.contains("pay back $262.50"), "{shown}");

    let changed = browser.submit(&path, &path, &[("expected_minor", "1")]).await;
    assert_eq!(changed.status, 409);
    assert!(changed.text().contains("The refund has changed since you saw it"), "{}", changed.text());
    assert_eq!(status(&site, &booking).await.0, "confirmed");

    let done = browser.submit(&path, &path, &[("expected_minor", "26250")]).await;
    assert_eq!((done.status, done.header("location")), (303, format!("/bookings/{}", text(&booking, "id"))));
    site.run_jobs().await;
    assert_eq!(status(&site, &booking).await, ("cancelled".to_owned(), "refunded".to_owned()));
}
