//! What browsers and crawlers ask for at fixed addresses.

use testkit::TestSite;

#[tokio::test]
async fn crawlers_and_old_browsers_find_what_they_ask_for() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let robots = browser.get("/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type").as_str()), (200, "text/plain; charset=utf-8"));
    for hidden in ["/api/", "/account", "/bookings", "/mailbox"] {
        assert!(robots.text().lines().any(|line| line == format!("Disallow: {hidden}")), "{hidden}");
    }
    let icon = browser.get("/favicon.ico").await;
    assert!(icon.header("location").starts_with("/assets/"), "{}", icon.header("location"));
    let home = browser.get("/").await.text();
    assert!(home.contains("<meta name=\"description\" content=\"Book a call"), "{home}");
}
