//! Why results stand in the order they do.

use testkit::TestSite;

#[tokio::test]
async fn everybody_can_read_what_decides() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/help/ranking").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("<h1>Why this order?</h1>"), "{}", shown.text());
    assert_eq!(shown.text().matches("<li><h2>").count(), 4, "as many things as it says: {}", shown.text());
}

#[tokio::test]
async fn the_results_lead_to_it_and_nobody_has_to_sign_out_for_it() {
    let site = TestSite::new().await;
    let results = site.cast.customer.get("/discover").await.page();
    assert!(results.contains("<a href=\"/help/ranking\">why this order?</a>"), "{results}");
    let page = site.cast.customer.get("/help/ranking").await;
    assert_eq!(page.status, 200);
    assert!(page.page().contains("customer@example.org"), "{}", page.page());
}
