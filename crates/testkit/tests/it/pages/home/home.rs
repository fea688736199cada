//! The front page.

use testkit::TestSite;

#[tokio::test]
async fn the_front_page_leads_to_the_search_and_to_profiles() {
    let site = TestSite::new().await;
    let home = site.cast.anonymous.get("/").await;
    assert_eq!(home.status, 200);
    let text = home.page();
    assert!(text.contains("<h1>Meet them where the lights go out.</h1>"), "{text}");
    assert!(text.contains("action=\"/discover\"") && text.contains("href=\"/celebrities/ada-quill\""), "{text}");
}
