//! The chosen theme.

use testkit::TestSite;

#[tokio::test]
async fn the_theme_is_kept_and_leads_back_to_the_page() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let shown = browser.post("/theme", "", &[("theme", "dark"), ("return_to", "/login?return_to=%2Fbookings")]).await;
    assert_eq!(shown.header("location"), "/login?return_to=%2Fbookings");
    let dark = browser.get("/login").await.text();
    assert!(dark.contains("<html lang=\"en\" data-theme=\"dark\">"), "{dark}");
    // Nor does the device decide the colour of the browser's bars any more.
    assert!(dark.contains("<meta name=\"theme-color\" content=\"#15111a\">") && !dark.contains("#fbf5ea"), "{dark}");
}
