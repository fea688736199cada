//! A card to print, for whoever has its code.

use testkit::TestSite;

use crate::steps::gifts::{claim, issue};

#[tokio::test]
async fn the_card_is_printed_with_its_code_and_a_square_that_leads_to_it() {
    let site = TestSite::new().await;
    let (_, code) = issue(&site, "goodwill", 1).await.remove(0);
    let browser = site.cast.anonymous.browser();
    browser.get(&format!("/claim?code={}", code.to_lowercase())).await;
    let shown = browser.get("/claim/card").await;
    let page = shown.page();
    assert_eq!((shown.status, shown.header("x-robots-tag").as_str()), (200, "noindex"));
    assert!(page.contains(&code) && page.contains("<svg") && page.contains("/claim</b>"), "{page}");
    assert!(page.contains("$50") && page.contains("aria-label=\"QR code of the link that claims the card\""), "{page}");
    assert_eq!(claim(&site.cast.customer, &code, "one").await.status, 201, "looking claims nothing");
}

#[tokio::test]
async fn who_has_no_code_or_one_that_was_used_prints_nothing() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let asked = browser.get("/claim/card").await;
    assert_eq!((asked.status, asked.header("location").as_str()), (303, "/claim"));
    let (_, code) = issue(&site, "goodwill", 1).await.remove(0);
    assert_eq!(claim(&site.cast.customer, &code, "one").await.status, 201);
    browser.get(&format!("/claim?code={code}")).await;
    let refused = browser.get("/claim/card").await;
    assert_eq!(refused.status, 404);
    assert!(!refused.page().contains(&code), "{}", refused.page());
}
