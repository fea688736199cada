//! Calendars elsewhere, added, read and removed with forms.

use chrono::TimeDelta;
use serde_json::json;
use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::elsewhere::{Elsewhere, with_calendar};
use crate::steps::journey::{at, text};
use crate::steps::objects::NOBODY_S;

const PAGE: &str = "/account/calendars";
const BELOW: &str = "/account/calendars/";

/// The celebrity at a browser, and a calendar elsewhere that is busy at ten in five days.
async fn opening() -> (TestSite, TestBrowser, Elsewhere) {
    let (site, elsewhere) = with_calendar().await;
    let browser = site.cast.celebrity.browser();
    (site, browser, elsewhere)
}

/// Sends the form that adds a calendar to the star's profile.
async fn add(site: &TestSite, browser: &TestBrowser, name: &str, address: &str) -> TestResponse {
    let star = site.cast.star.id.to_string();
    browser.submit(PAGE, PAGE, &[("celebrity", &star), ("name", name), ("address", address)]).await
}

/// The same, with the calendar read; answers where its forms lead to: to a new reading, and to its end.
async fn added(site: &TestSite, browser: &TestBrowser, elsewhere: &Elsewhere) -> (String, String) {
    let answer = add(site, browser, "Rehearsals", &elsewhere.address).await;
    assert_eq!((answer.status, answer.header("location").as_str()), (303, PAGE), "{}", answer.page());
    site.run_jobs().await;
    let reading = browser.get(PAGE).await.action(BELOW);
    let end = reading.replace("/reading", "/end");
    (reading, end)
}

#[tokio::test]
async fn a_calendar_is_added_read_and_removed() {
    let (site, browser, elsewhere) = opening().await;
    let (reading, end) = added(&site, &browser, &elsewhere).await;
    let listed = browser.get(PAGE).await.page();
    assert!(listed.contains("<b>Rehearsals, of Ada Quill</b>") && listed.contains("1 busy time"), "{listed}");
    site.clock.advance(TimeDelta::seconds(10));
    assert_eq!(browser.submit(PAGE, &reading, &[]).await.status, 303);
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 1));
    assert_eq!(browser.submit(PAGE, &end, &[]).await.status, 303);
    assert!(!browser.get(PAGE).await.page().contains("Rehearsals"));
}

#[tokio::test]
async fn only_who_looks_after_a_profile_sees_its_calendars() {
    let (site, browser, elsewhere) = opening().await;
    added(&site, &browser, &elsewhere).await;
    assert!(site.cast.agent.get(PAGE).await.page().contains("<b>Rehearsals, of Ada Quill</b>"));
    for caller in [&site.cast.other_celebrity, &site.cast.other_agent, &site.cast.customer] {
        let page = caller.get(PAGE).await.page();
        assert!(!page.contains("Rehearsals"), "{}: {page}", caller.name);
    }
    let customer = site.cast.customer.get(PAGE).await.page();
    assert!(customer.contains("This is for those who are booked.") && !customer.contains("Add a calendar"));
}

#[tokio::test]
async fn what_was_typed_comes_back_except_for_the_secret_address() {
    let (site, browser, elsewhere) = opening().await;
    let refused = add(&site, &browser, "Rehearsals", "ftp://calendar.example/secret.ics").await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("address"), "The address should begin with https:// or webcal://.");
    assert_eq!(refused.typed("name"), "Rehearsals");
    assert_eq!(refused.chosen("celebrity"), site.cast.star.id.to_string());
    assert!(!refused.page().contains("secret.ics"), "{}", refused.page());
    let unnamed = add(&site, &browser, " ", &elsewhere.address).await;
    assert_eq!(unnamed.status, 422);
    assert_eq!(unnamed.fault("name"), "This should be a name of 1 to 60 letters on one line.");
    assert_eq!(site.cast.celebrity.get("/api/calendars").await.json()["items"], json!([]));
}

#[tokio::test]
async fn nobody_adds_a_calendar_to_the_profile_of_others() {
    let (site, _, elsewhere) = opening().await;
    for caller in [&site.cast.other_celebrity, &site.cast.other_agent, &site.cast.customer] {
        let refused = add(&site, &caller.browser(), "Rehearsals", &elsewhere.address).await;
        assert_eq!(refused.status, 404, "{}: {}", caller.name, refused.page());
    }
    assert_eq!(site.cast.celebrity.get("/api/calendars").await.json()["items"], json!([]));
}

#[tokio::test]
async fn the_same_calendar_is_not_added_twice() {
    let (site, browser, elsewhere) = opening().await;
    added(&site, &browser, &elsewhere).await;
    let refused = add(&site, &browser, "Studio", &elsewhere.address).await;
    assert_eq!((refused.status, refused.typed("name").as_str()), (409, "Studio"));
    assert!(refused.page().contains("This calendar is read already."), "{}", refused.page());
    let listed = site.cast.celebrity.get("/api/calendars").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[tokio::test]
async fn a_calendar_that_empties_is_believed_when_its_keeper_says_so() {
    let (site, browser, elsewhere) = opening().await;
    let (star, busy) = (&site.cast.star, at(&site, 5, 10));
    let (reading, _) = added(&site, &browser, &elsewhere).await;
    elsewhere.keeps(&[]);
    let read = async |fields| {
        site.clock.advance(TimeDelta::seconds(10));
        assert_eq!(browser.submit(PAGE, &reading, fields).await.status, 303);
        site.run_jobs().await;
        browser.get(PAGE).await.page()
    };
    let page = read(&[]).await;
    assert!(page.contains("suddenly reads as empty") && page.contains("1 busy time"), "{page}");
    assert!(page.contains("name=\"may_be_empty\" value=\"true\"") && !site.is_free(star, busy).await, "{page}");
    let page = read(&[("may_be_empty", "true")]).await;
    assert!(page.contains("nothing busy") && !page.contains("suddenly"), "{page}");
    assert!(site.is_free(star, busy).await);
}

#[tokio::test]
async fn nobody_reads_or_removes_the_calendars_of_others() {
    let (site, browser, elsewhere) = opening().await;
    let (reading, end) = added(&site, &browser, &elsewhere).await;
    let feed = site.cast.celebrity.get("/api/calendars").await.json()["items"][0].clone();
    site.clock.advance(TimeDelta::seconds(10));
    for caller in [&site.cast.other_celebrity, &site.cast.customer] {
        for path in [&reading, &end] {
            let foreign = caller.browser().submit(PAGE, path, &[]).await;
            let missing = caller.browser().submit(PAGE, &path.replace(text(&feed, "id"), NOBODY_S), &[]).await;
            assert_eq!((foreign.status, missing.status), (404, 404), "{}: {path}", caller.name);
        }
    }
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 0));
    assert!(browser.get(PAGE).await.page().contains("<b>Rehearsals, of Ada Quill</b>"));
}

#[tokio::test]
async fn what_was_busy_there_is_on_offer_again_once_it_is_removed() {
    let (site, browser, elsewhere) = opening().await;
    let (star, busy) = (&site.cast.star, at(&site, 5, 10));
    let (_, end) = added(&site, &browser, &elsewhere).await;
    assert!(!site.is_free(star, busy).await);
    let removed = browser.submit(PAGE, &end, &[]).await;
    assert_eq!((removed.status, removed.header("location").as_str()), (303, PAGE));
    assert!(site.is_free(star, busy).await);
    assert_eq!(browser.submit(PAGE, &end, &[]).await.status, 404, "it is gone");
}

#[tokio::test]
async fn a_calendar_that_is_not_wholly_understood_says_so() {
    let (site, browser, elsewhere) = opening().await;
    elsewhere.says(
        200,
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=<Moon>:20261203T080000\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    added(&site, &browser, &elsewhere).await;
    let page = browser.get(PAGE).await.page();
    for text in [
        "One place of this calendar was not understood",
        "Line 3: This time zone is unknown.",
        "DTSTART;TZID=&lt;Moon&gt;",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
}
