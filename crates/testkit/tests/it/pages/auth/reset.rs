//! A new password by the mailed link.

use chrono::TimeDelta;
use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::authenticator::{EMAIL, log_in, mails};
use crate::steps::newcomer::{self, mailed_token, registered};
use crate::steps::passwords::{PASSWORD, with_password};

const NEW: &str = "another quiet corner";
const SPENT: &str = "This link has been used or has expired. Ask for a new one.";

/// Somebody who forgot their password, and what the mailed link carries.
async fn opening() -> (TestSite, TestBrowser, String) {
    let (site, _) = with_password().await;
    let browser = site.cast.anonymous.browser();
    assert_eq!(browser.post("/forgot", "", &[("email", EMAIL)]).await.status, 200);
    let token = mailed_token(&site, "reset_password").await;
    (site, browser, token)
}

async fn set(browser: &TestBrowser, token: &str, password: &str) -> TestResponse {
    browser.post("/reset", "", &[("token", token), ("password", password)]).await
}

/// Whether a password opens the account.
async fn opens(site: &TestSite, password: &str) -> bool {
    log_in(&site.cast.anonymous, password, None).await.status == 200
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let (site, browser, token) = opening().await;
    let shown = set(&browser, &token, NEW).await;
    assert!(shown.page().contains("Your new password is set."), "{}", shown.page());
    let again = set(&browser, &token, "yet another quiet corner").await;
    assert_eq!(again.status, 422);
    assert!(again.page().contains(SPENT) && again.page().contains("href=\"/forgot\""), "{}", again.page());
    assert!(browser.get(&format!("/reset?token={token}")).await.page().contains(SPENT));
    assert_eq!(browser.post("/login", "", &[("email", EMAIL), ("password", NEW)]).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn opening_the_link_spends_nothing_and_mail_scanners_may_do_so() {
    let (site, browser, token) = opening().await;
    for _ in 0..2 {
        let shown = browser.get(&format!("/reset?token={token}")).await;
        assert_eq!((shown.status, shown.typed("token")), (200, token.clone()));
        assert!(!shown.page().contains(SPENT), "{}", shown.page());
    }
    assert!(opens(&site, PASSWORD).await);
    assert_eq!(set(&browser, &token, NEW).await.status, 200);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_link_that_nobody_was_mailed_leads_to_a_new_one() {
    let (site, browser, _) = opening().await;
    for path in ["/reset?token=made-up", "/reset"] {
        let page = browser.get(path).await.page();
        assert!(page.contains(SPENT) && page.contains("href=\"/forgot\">Ask for a new link"), "{path}: {page}");
        assert!(!page.contains("name=\"password\""), "{path}: {page}");
    }
    let refused = set(&browser, "made-up", NEW).await;
    assert!(refused.status == 422 && refused.page().contains(SPENT), "{}", refused.page());
    assert!(opens(&site, PASSWORD).await);
}

#[tokio::test]
async fn a_weak_password_is_refused_beside_its_field_and_the_link_goes_on() {
    let (site, browser, token) = opening().await;
    for (weak, words) in
        [("short lamp", "Use at least 12 characters"), ("password1234", "This password is among the first")]
    {
        let refused = set(&browser, &token, weak).await;
        assert_eq!((refused.status, refused.typed("token")), (422, token.clone()), "{weak}");
        assert!(refused.fault("password").starts_with(words), "{weak}: {}", refused.page());
        assert!(!refused.page().contains(weak), "{}", refused.page());
    }
    assert!(opens(&site, PASSWORD).await);
    assert_eq!(set(&browser, &token, NEW).await.status, 200);
    assert!(opens(&site, NEW).await);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_its_owner_hears_of_it() {
    let (site, browser, token) = opening().await;
    let signed_in = site.cast.customer.browser();
    assert_eq!(signed_in.get("/account").await.status, 200);
    assert_eq!(set(&browser, &token, NEW).await.status, 200);
    assert_eq!((signed_in.get("/account").await.status, site.cast.customer.get("/api/me").await.status), (303, 401));
    assert_eq!(browser.get("/account").await.status, 303, "the link alone signs nobody in");
    assert!(opens(&site, NEW).await && !opens(&site, PASSWORD).await);
    site.run_jobs().await;
    assert_eq!(mails(&site, "password_changed").await, 1);
}

#[tokio::test]
async fn an_hour_later_the_link_sets_no_password() {
    let (site, browser, token) = opening().await;
    site.clock.advance(TimeDelta::hours(1));
    assert!(browser.get(&format!("/reset?token={token}")).await.page().contains(SPENT));
    let late = set(&browser, &token, NEW).await;
    assert!(late.status == 422 && late.page().contains(SPENT), "{}", late.page());
    assert!(opens(&site, PASSWORD).await);
}

#[tokio::test]
async fn an_address_that_was_typed_is_kept_until_it_is_looked_up() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    assert_eq!(browser.post("/forgot", "", &[("email", "nobody@elsewhere.example")]).await.status, 200);
    assert_eq!(jobs_that_say(&site, "nobody@elsewhere").await, 1);
    site.run_jobs().await;
    assert_eq!(jobs_that_say(&site, "nobody@elsewhere").await, 0);
}

#[tokio::test]
async fn a_link_that_cannot_be_mailed_for_an_hour_is_not_wanted_any_more() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    site.run_jobs().await;
    assert_eq!(browser.post("/forgot", "", &[("email", newcomer::EMAIL)]).await.status, 200);
    change(&site, "ALTER TABLE purpose_tokens RENAME TO elsewhere").await;
    for _ in 0..12 {
        site.run_jobs().await;
        assert_eq!(jobs_that_say(&site, newcomer::EMAIL).await, 1, "it is tried again");
        site.clock.advance(TimeDelta::minutes(5));
    }
    site.run_jobs().await;
    assert_eq!(jobs_that_say(&site, newcomer::EMAIL).await, 0);
}

async fn change(site: &TestSite, statement: &'static str) {
    let mut connection = site.test_database().database.acquire().await.expect("connects");
    sqlx::query(statement).execute(&mut *connection).await.expect("it is changed");
}

/// How many jobs hold these words.
async fn jobs_that_say(site: &TestSite, words: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE position($1 in jobs::text) > 0").bind(words);
    let mut connection = site.test_database().database.acquire().await.expect("connects");
    count.fetch_one(&mut *connection).await.expect("counts")
}
