//! A new password by the mailed link.

use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::newcomer::{EMAIL, mailed_token, registered};

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    assert_eq!(browser.post("/forgot", "", &[("email", EMAIL)]).await.status, 200);
    let token = mailed_token(&site, "reset_password").await;
    let new = "another quiet corner";
    let shown = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert!(shown.text().contains("Your new password is set."), "{}", shown.text());
    let again = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert_eq!(again.status, 422);
    assert!(browser.get(&format!("/reset?token={token}")).await.text().contains("has been used or has expired"));
    assert_eq!(browser.post("/login", "", &[("email", EMAIL), ("password", new)]).await.status, 303);
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
    assert_eq!(browser.post("/forgot", "", &[("email", EMAIL)]).await.status, 200);
    change(&site, "ALTER TABLE purpose_tokens RENAME TO elsewhere").await;
    for _ in 0..12 {
        site.run_jobs().await;
        assert_eq!(jobs_that_say(&site, EMAIL).await, 1, "it is tried again");
        site.clock.advance(TimeDelta::minutes(61));
    }
    site.run_jobs().await;
    assert_eq!(jobs_that_say(&site, EMAIL).await, 0);
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
