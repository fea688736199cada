//! Why results stand in the order they do.

use testkit::TestSite;

#[tokio::test]
async fn everybody_can_read_what_decides() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/help/ranking").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("<h1>Why this order?</h1>"), "{}", shown.text());
}
