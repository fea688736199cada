//! Sessions as their owners see them, and how long they last.

use chrono::TimeDelta;
use kernel::Instant;
use testkit::{TestCaller, TestSite};

use crate::steps::objects::NOBODY_S;

const PAGE: &str = "/account/sessions";

#[tokio::test]
async fn a_browser_that_comes_back_is_seen() {
    let site = TestSite::new().await;
    site.clock.advance(TimeDelta::minutes(6));
    assert_eq!(site.cast.customer.get("/account/sessions").await.status, 200);
    let seen: Instant = sqlx::query_scalar("SELECT max(last_seen_at) FROM sessions WHERE person_id = $1")
        .bind(site.cast.customer.id().0)
        .fetch_one(site.test_database().database.pool())
        .await
        .unwrap();
    assert_eq!(seen, site.now());
}

/// How long before nobody is signed in any more, when the pages are visited at these minutes.
async fn is_signed_in(site: &TestSite, caller: &TestCaller, minutes: &[i64]) -> Vec<bool> {
    let began = site.now();
    let mut seen = Vec::new();
    for minute in minutes {
        site.clock.set(began + TimeDelta::minutes(*minute));
        let answer = caller.get("/account/sessions").await;
        assert!([200, 303].contains(&answer.status), "{}", answer.text());
        seen.push(answer.status == 200);
    }
    seen
}

#[tokio::test]
async fn staff_are_signed_out_after_half_an_hour_without_a_visit() {
    let site = TestSite::new().await;
    assert_eq!(is_signed_in(&site, &site.cast.admin, &[29, 58, 87, 118]).await, [true, true, true, false]);
}

#[tokio::test]
async fn staff_are_signed_out_after_twelve_hours_however_busy() {
    let site = TestSite::new().await;
    let every_quarter: Vec<i64> = (1..=48).map(|turn| turn * 15).collect();
    let seen = is_signed_in(&site, &site.cast.support, &every_quarter).await;
    assert_eq!(seen.iter().position(|seen| !seen), Some(47), "{seen:?}");
}

#[tokio::test]
async fn customers_stay_signed_in_while_they_come_back_within_two_weeks() {
    const DAY: i64 = 24 * 60;
    let site = TestSite::new().await;
    let days = [13, 26, 39, 52, 65, 78, 89, 91].map(|day| day * DAY);
    assert_eq!(
        is_signed_in(&site, &site.cast.customer, &days).await,
        [true, true, true, true, true, true, true, false]
    );
    assert_eq!(is_signed_in(&site, &site.cast.other_customer, &[0]).await, [false]);
}

#[tokio::test]
async fn the_others_are_ended_with_a_button() {
    let site = TestSite::new().await;
    let (browser, other) = (site.cast.customer.browser(), site.cast.customer.signed_in_anew(&site).await);
    assert!(browser.get("/account/sessions").await.text().contains("End all but this one"));
    let ended = browser.submit("/account/sessions", "/account/sessions/end-others", &[]).await;
    assert_eq!((ended.status, ended.header("location").as_str()), (303, "/account/sessions"));
    assert_eq!(other.get("/api/me").await.status, 401);
    assert!(!browser.get("/account/sessions").await.text().contains("End all but this one"));
}

#[tokio::test]
async fn one_is_ended_with_its_button_and_the_others_go_on() {
    let site = TestSite::new().await;
    let (browser, other) = (site.cast.customer.browser(), site.cast.customer.signed_in_anew(&site).await.browser());
    let before = browser.get(PAGE).await;
    assert!(before.page().contains("An app with API access"), "{}", before.page());
    // The kit signs everybody in with a token and with a cookie.
    assert_eq!(before.page().matches("/end\"").count(), 3, "{}", before.page());
    let seen_by_other = other.get(PAGE).await.page();
    let is_not_theirs = |action: &&str| !seen_by_other.contains(action);
    let page = before.page();
    let theirs =
        page.split("action=\"").filter_map(|rest| rest.split('"').next()).filter(|action| action.ends_with("/end"));
    let theirs = theirs.filter(is_not_theirs).collect::<Vec<_>>();
    assert_eq!(theirs.len(), 1, "the session of the other browser");
    let ended = browser.submit(PAGE, theirs[0], &[]).await;
    assert_eq!((ended.status, ended.header("location").as_str()), (303, PAGE));
    assert_eq!(other.get("/account").await.header("location"), "/login?return_to=%2Faccount");
    assert_eq!(browser.get(PAGE).await.page().matches("/end\"").count(), 2);
    assert_eq!(site.cast.customer.get("/api/me").await.status, 200);
}

#[tokio::test]
async fn another_s_session_answers_as_a_missing_one_and_goes_on() {
    let site = TestSite::new().await;
    let (browser, stranger) = (site.cast.customer.browser(), site.cast.other_customer.browser());
    let session = browser.get(PAGE).await.action("/account/sessions/");
    for path in [session.as_str(), &format!("{PAGE}/{NOBODY_S}/end")] {
        assert_eq!(stranger.submit(PAGE, path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(browser.submit(PAGE, &session, &[]).await.status, 303, "it was still open");
    assert_eq!(browser.submit(PAGE, &session, &[]).await.status, 404, "and is so no more");
}

#[tokio::test]
async fn a_form_of_another_site_ends_no_sessions() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let csrf = browser.get(PAGE).await.csrf();
    let others = "/account/sessions/end-others";
    assert_eq!(browser.post_from(others, "cross-site", &format!("csrf={csrf}")).await.status, 403);
    assert_eq!(browser.post(others, "forged", &[]).await.status, 403);
    assert_eq!(site.cast.customer.get("/api/me").await.status, 200);
}
