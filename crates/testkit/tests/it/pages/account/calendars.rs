//! Calendars elsewhere, added, read and removed with forms.

use testkit::TestSite;

use crate::steps::elsewhere::Elsewhere;
use crate::steps::journey::at;

const PAGE: &str = "/account/calendars";

#[tokio::test]
async fn a_calendar_is_added_read_and_removed() {
    let site = TestSite::new().await;
    let (browser, elsewhere) = (site.cast.celebrity.browser(), Elsewhere::open());
    elsewhere.keeps(&[at(&site, 5, 10)]);
    let star = site.cast.star.id.to_string();
    let form = |address| [("celebrity", star.as_str()), ("name", "Family"), ("address", address)];
    let refused = browser.submit(PAGE, PAGE, &form("file:///etc/passwd")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("id=\"address-fault\""), "{}", refused.page());
    let added = browser.submit(PAGE, PAGE, &form(&elsewhere.address)).await;
    assert_eq!((added.status, added.header("location").as_str()), (303, PAGE), "{}", added.page());
    site.run_jobs().await;
    let listed = browser.get(PAGE).await.page();
    assert!(listed.contains("Family") && listed.contains("1 busy time"), "{listed}");

    let id = listed.split("action=\"/account/calendars/").nth(1).and_then(|rest| rest.split('/').next());
    let id = id.expect("it is listed");
    site.clock.advance(chrono::TimeDelta::seconds(10));
    assert_eq!(browser.submit(PAGE, &format!("{PAGE}/{id}/reading"), &[]).await.status, 303);
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 1));
    assert_eq!(browser.submit(PAGE, &format!("{PAGE}/{id}/end"), &[]).await.status, 303);
    assert!(!browser.get(PAGE).await.page().contains(id));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_is_not_wholly_understood_says_so() {
    let site = TestSite::new().await;
    let (browser, elsewhere) = (site.cast.celebrity.browser(), Elsewhere::open());
    elsewhere.says(
        200,
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=<Moon>:20261203T080000\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    let star = site.cast.star.id.to_string();
    let form = [("celebrity", star.as_str()), ("name", "Moon"), ("address", elsewhere.address.as_str())];
    assert_eq!(browser.submit(PAGE, PAGE, &form).await.status, 303);
    site.run_jobs().await;
    let page = browser.get(PAGE).await.page();
    for text in [
        "One place of this calendar was not understood",
        "Line 3: This time zone is unknown.",
        "DTSTART;TZID=&lt;Moon&gt;",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    site.jobs_may_be_left();
}
