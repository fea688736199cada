//! What a search finds, as a page.

use testkit::TestSite;

#[tokio::test]
async fn words_find_who_is_called_so() {
    let site = TestSite::new().await;
    let all = site.cast.anonymous.get("/discover").await.text();
    assert!(all.contains("Ada Quill") && all.contains("Bo Larsen"), "{all}");
    let found = site.cast.anonymous.get("/discover?q=ada+quill").await.text();
    assert!(found.contains("Ada Quill") && !found.contains("Bo Larsen"), "{found}");
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_said_beside_its_field() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/discover?max_price=1.200").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("id=\"max_price-fault\""), "{}", shown.text());
}

#[tokio::test]
async fn a_category_that_is_not_there_is_not_found() {
    let site = TestSite::new().await;
    assert_eq!(site.cast.anonymous.get("/categories/nothing").await.status, 404);
}

#[tokio::test]
async fn a_search_that_finds_nobody_leads_to_everybody() {
    let site = TestSite::new().await;
    for query in ["q=zzzzqqqq&min_rating=4.5", "category=nothing"] {
        let shown = site.cast.anonymous.get(&format!("/discover?{query}")).await.text();
        assert!(shown.contains("<a class=\"chip\" href=\"/discover\">Everybody</a>"), "{query}: {shown}");
    }
}
