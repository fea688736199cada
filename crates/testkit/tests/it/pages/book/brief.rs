//! The second step of booking: what it is for.

use testkit::TestSite;

use crate::steps::journey::at;
use crate::steps::order::{BRIEF, picked, write_brief};

#[tokio::test]
async fn a_brief_leads_on_and_one_that_is_too_short_comes_back() {
    let site = TestSite::new().await;
    let (browser, star, time) = (site.cast.anonymous.browser(), &site.cast.star, at(&site, 5, 10));
    let short = write_brief(&browser, star, time, "Launch").await;
    assert_eq!(short.status, 422);
    let text = short.text();
    assert!(text.contains("<h1>What is it for?</h1>") && text.contains("id=\"brief-fault\""), "{text}");
    assert!(text.contains("Launch"), "what was typed comes back: {text}");
    let led = write_brief(&browser, star, time, BRIEF).await;
    assert_eq!(led.status, 303, "{}", led.text());
    assert!(led.header("location").starts_with(&format!("/book/{}/review?", star.call.id)));
    let again = browser.get(&format!("/book/{}/brief{}", star.call.id, picked(time))).await;
    assert!(again.text().contains(BRIEF), "it is kept: {}", again.text());
}

#[tokio::test]
async fn without_a_time_it_leads_back_to_the_times() {
    let site = TestSite::new().await;
    let call = site.cast.star.call.id;
    let led = site.cast.anonymous.get(&format!("/book/{call}/brief")).await;
    assert_eq!((led.status, led.header("location")), (303, format!("/book/{call}")));
}
