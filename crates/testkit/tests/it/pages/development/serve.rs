//! The gallery, in development.

use testkit::TestSite;

#[tokio::test]
async fn the_gallery_shows_a_sample_and_no_unknown_one() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let gallery = browser.get_here("/gallery").await.text();
    assert!(gallery.contains("/gallery/pages/in/home/home/full") || gallery.contains("home&#x2f;full"));
    assert_eq!(browser.get_here("/gallery/pages/in/bookings/show/confirmed").await.status, 200);
    assert_eq!(browser.get_here("/gallery/pages/in/bookings/show/nothing").await.status, 404);
}
