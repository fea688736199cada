//! Name, time zone and password of one's own account.

use testkit::TestSite;

use crate::steps::newcomer::signed_in;
use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn a_form_without_the_sessions_proof_changes_nothing() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let fields = [("display_name", "Mallory"), ("time_zone", "UTC")];
    let shown = browser.post("/account", "forged", &fields).await;
    assert_eq!(shown.status, 403);
    assert!(shown.text().contains("This form is too old."), "{}", shown.text());
    let csrf = browser.get("/account").await.csrf();
    let body = format!("csrf={csrf}&display_name=Mallory&time_zone=UTC");
    assert_eq!(browser.post_from("/account", "cross-site", &body).await.status, 403);
    assert!(browser.get("/account").await.text().contains("value=\"Noor\""));
    let shown = browser.post("/account", &csrf, &[("display_name", "Noor H."), ("time_zone", "Asia/Tokyo")]).await;
    assert_eq!(shown.header("location"), "/account?saved=profile");
    assert!(browser.get("/account").await.text().contains("value=\"Noor H.\""));
}

#[tokio::test]
async fn a_new_password_needs_the_old_one() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let browser = site.cast.customer.browser();
    let form = |current: &'static str| [("current_password", current), ("new_password", "another lamp, another door")];
    let refused = browser.submit("/account", "/account/password", &form("not this one")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("id=\"current_password-fault\""), "{}", refused.text());
    let before = browser.cookie(entry::SESSION_COOKIE);
    let changed = browser.submit("/account", "/account/password", &form(PASSWORD)).await;
    assert_eq!(changed.status, 303, "{}", changed.text());
    assert_ne!(browser.cookie(entry::SESSION_COOKIE), before, "the session goes on under another value");
    assert_eq!(browser.get("/account").await.status, 200);
    let old = before.expect("a cookie");
    let old = site.cast.anonymous.browser().with_cookie(entry::SESSION_COOKIE, &old);
    assert_eq!(old.get("/account").await.status, 303, "the value before opens nothing");
    site.jobs_may_be_left();
}
