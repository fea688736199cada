//! The second step of booking: what it is for.

use testkit::{TestBrowser, TestResponse, TestSite, TestStar};

use crate::steps::journey::at;
use crate::steps::objects::NOBODY_S;
use crate::steps::order::{BRIEF, picked, write_brief};

/// Opens the step for the star's call at ten in five days.
async fn open(site: &TestSite, browser: &TestBrowser, star: &TestStar) -> TestResponse {
    browser.get(&format!("/book/{}/brief{}", star.call.id, picked(at(site, 5, 10)))).await
}

#[tokio::test]
async fn a_brief_leads_on_and_one_that_is_too_short_comes_back() {
    let site = TestSite::new().await;
    let (browser, star, time) = (site.cast.anonymous.browser(), &site.cast.star, at(&site, 5, 10));
    let short = write_brief(&browser, star, time, "Launch").await;
    assert_eq!((short.status, short.fault("brief").as_str()), (422, "Say in at least 10 characters what it is for."));
    let text = short.text();
    assert!(text.contains("<h1>What is it for?</h1>") && text.contains("\nLaunch</textarea>"), "{text}");
    let led = write_brief(&browser, star, time, BRIEF).await;
    assert_eq!(led.status, 303, "{}", led.text());
    assert!(led.header("location").starts_with(&format!("/book/{}/review?", star.call.id)));
    assert!(open(&site, &browser, star).await.text().contains(BRIEF), "it is kept");
}

#[tokio::test]
async fn without_a_time_it_leads_back_to_the_times() {
    let site = TestSite::new().await;
    let call = site.cast.star.call.id;
    let led = site.cast.anonymous.get(&format!("/book/{call}/brief")).await;
    assert_eq!((led.status, led.header("location")), (303, format!("/book/{call}")));
}

#[tokio::test]
async fn it_shows_whom_one_books_when_and_for_how_much() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser().with_cookie("__Host-stagedoor-zone", "Asia/Tokyo");
    let page = open(&site, &browser, &site.cast.star).await.page();
    for words in ["Ada Quill", "Half an hour on screen", "10:00–\u{2060}10:30", "19:00 for you in Tokyo", "$262.50"] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_booked_here_has_no_brief() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    assert_eq!(browser.get(&format!("/book/{NOBODY_S}/brief")).await.status, 404);
    let video = site.cast.star.video.id;
    for path in [format!("/book/{video}"), format!("/book/{video}/brief")] {
        let refused = browser.get(&path).await;
        assert_eq!(refused.status, 409, "{path}");
        assert!(refused.page().contains("This is booked by request, which is not possible here yet."), "{path}");
    }
}

#[tokio::test]
async fn a_brief_that_is_too_long_comes_back_whole_and_the_one_before_is_kept() {
    let site = TestSite::new().await;
    let (browser, star, time) = (site.cast.anonymous.browser(), &site.cast.star, at(&site, 5, 10));
    write_brief(&browser, star, time, BRIEF).await;
    let long = "A quiet evening. ".repeat(120);
    let refused = write_brief(&browser, star, time, &long).await;
    assert_eq!((refused.status, refused.fault("brief").as_str()), (422, "Use at most 2000 characters."));
    assert!(refused.text().contains(long.trim()), "{}", refused.text());
    let kept = open(&site, &browser, star).await.text();
    assert!(kept.contains(BRIEF) && !kept.contains(long.trim()), "{kept}");
}

#[tokio::test]
async fn a_brief_belongs_to_one_offering_and_comes_from_our_own_form() {
    let site = TestSite::new().await;
    let (browser, star) = (site.cast.customer.browser(), &site.cast.star);
    let path = format!("/book/{}/brief{}", star.call.id, picked(at(&site, 5, 10)));
    let csrf = browser.get(&path).await.csrf();
    let body = format!("csrf={csrf}&brief=Mallory+wrote+this+here.");
    assert_eq!(browser.post_from(&path, "cross-site", &body).await.status, 403);
    assert_eq!(browser.post(&path, "forged", &[("brief", "Mallory wrote this here.")]).await.status, 403);
    assert!(!open(&site, &browser, star).await.text().contains("Mallory"));
    write_brief(&browser, star, at(&site, 5, 10), BRIEF).await;
    assert!(open(&site, &browser, star).await.text().contains(BRIEF));
    assert!(!open(&site, &browser, &site.cast.other_star).await.text().contains(BRIEF));
}
