//! The last step of booking: everything once more.

use testkit::TestSite;

use crate::steps::journey::at;
use crate::steps::order::{BRIEF, picked, review};

#[tokio::test]
async fn the_review_shows_the_brief_and_the_whole_price() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let shown = review(&browser, &site.cast.star, at(&site, 5, 10)).await;
    assert_eq!(shown.status, 200);
    let text = shown.text();
    assert!(text.contains("<h1>Is this right?</h1>") && text.contains(BRIEF) && text.contains("$262.50"), "{text}");
}

#[tokio::test]
async fn without_a_brief_it_leads_back() {
    let site = TestSite::new().await;
    let (call, query) = (site.cast.star.call.id, picked(at(&site, 5, 10)));
    let led = site.cast.customer.browser().get(&format!("/book/{call}/review{query}")).await;
    assert_eq!(led.status, 303);
    assert!(led.header("location").starts_with(&format!("/book/{call}/brief?")), "{}", led.header("location"));
}
