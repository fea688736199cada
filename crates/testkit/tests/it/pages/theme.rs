//! The chosen theme.

use testkit::TestSite;

#[tokio::test]
async fn the_theme_is_kept_and_leads_back_to_the_page() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let shown = browser.post("/theme", "", &[("theme", "dark"), ("return_to", "/login?return_to=%2Fbookings")]).await;
    assert_eq!(shown.header("location"), "/login?return_to=%2Fbookings");
    assert!(browser.get("/login").await.text().contains("<html lang=\"en\" data-theme=\"dark\">"));
}
