//! API keys, made and ended with forms.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::authenticator::{code_of, mails, with_app_at_browser};
use crate::steps::journey::text;
use crate::steps::keys;
use crate::steps::objects::NOBODY_S;
use crate::steps::passwords::{PASSWORD, guess, with_password};

const PAGE: &str = "/account/keys";
const BELOW: &str = "/account/keys/";

/// Sends the form that makes a key for 30 days.
async fn ask(browser: &TestBrowser, access: &str, more: &[(&str, &str)]) -> TestResponse {
    browser.submit(PAGE, PAGE, &[&[("name", "Box office"), ("access", access), ("days", "30")], more].concat()).await
}

/// Makes a key, which the page shows this once.
async fn make(browser: &TestBrowser, access: &str) -> Value {
    let made = ask(browser, access, &[("current_password", PASSWORD)]).await;
    assert_eq!(made.status, 201, "{}", made.page());
    let page = made.page();
    let key = page.split("id=\"key-text\">").nth(1).and_then(|rest| rest.split('<').next()).expect("the key is shown");
    json!({ "key": key })
}

/// The keys that the customer has.
async fn listed(site: &TestSite) -> Value {
    site.cast.customer.get("/api/me/api-keys").await.json()["items"].clone()
}

#[tokio::test]
async fn a_key_is_shown_once_and_ended() {
    let (site, browser) = with_password().await;
    let key = make(&browser, "read").await;
    let list = browser.get(PAGE).await;
    assert!(list.page().contains("<b>Box office</b>") && !list.page().contains(text(&key, "key")), "{}", list.page());
    let ended = browser.submit(PAGE, &list.action(BELOW), &[]).await;
    assert_eq!((ended.status, ended.header("location").as_str()), (303, PAGE));
    assert!(!browser.get(PAGE).await.page().contains("Box office"));
    site.run_jobs().await;
}

#[tokio::test]
async fn each_stands_with_what_it_may_when_it_ends_and_when_it_was_used() {
    let (site, browser) = with_password().await;
    let key = make(&browser, "read").await;
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("… · reads · ends in 30 days · never used"), "{page}");
    assert_eq!(keys::get(&site.cast.anonymous, &key, "/api/bookings").await.status, 200);
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("used just now") && !page.contains("Expired"), "{page}");
    site.run_jobs().await;
    site.clock.advance(TimeDelta::days(31));
    let page = site.cast.customer.signed_in_anew(&site).await.get(PAGE).await.page();
    assert!(page.contains("Expired") && page.contains("ended 24 hours ago · used 31 days ago"), "{page}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn who_has_not_verified_is_sent_to_do_that_first() {
    let site = TestSite::new().await;
    let browser = site.cast.unverified.browser();
    let shown = browser.get(PAGE).await.page();
    assert!(shown.contains("Verify your e-mail address first, then you can make keys."), "{shown}");
    assert!(!shown.contains("action=\"/account/keys\""), "{shown}");
    let refused = ask(&browser, "read", &[("current_password", PASSWORD)]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.page().contains("Verify your address first."), "{}", refused.page());
}

#[tokio::test]
async fn what_was_typed_and_chosen_comes_back_without_the_password() {
    let (site, browser) = with_password().await;
    let form = [("name", "two\nlines"), ("access", "write"), ("days", "365"), ("current_password", PASSWORD)];
    let refused = browser.submit(PAGE, PAGE, &form).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("name"), "This should be a name of 1 to 60 letters on one line.");
    assert_eq!((refused.typed("name").as_str(), refused.chosen("access").as_str()), ("two\nlines", "write"));
    assert_eq!((refused.chosen("days").as_str(), refused.typed("current_password").as_str()), ("365", ""));
    assert!(!refused.page().contains(PASSWORD), "{}", refused.page());
    assert_eq!(listed(&site).await, json!([]));
}

#[tokio::test]
async fn a_key_does_what_was_chosen_and_its_owner_hears_of_it() {
    let (site, browser) = with_password().await;
    let rename = async |key: &Value| {
        let header = format!("Bearer {}", text(key, "key"));
        let wish = json!({"display_name": "Noor"});
        site.cast.anonymous.call("PATCH", "/api/me", Some(&wish), &[("authorization", &header)]).await
    };
    let reads = make(&browser, "read").await;
    assert_eq!(rename(&reads).await.code(), "scope_required");
    assert_eq!(keys::get(&site.cast.anonymous, &reads, "/api/me").await.json()["display_name"], "customer");
    browser.submit(PAGE, &browser.get(PAGE).await.action(BELOW), &[]).await;
    let writes = make(&browser, "write").await;
    assert_eq!(rename(&writes).await.status, 200);
    assert_eq!(keys::get(&site.cast.anonymous, &writes, "/api/me").await.json()["display_name"], "Noor");
    site.run_jobs().await;
    assert_eq!(mails(&site, "api_key_created").await, 2);
}

#[tokio::test]
async fn a_wrong_password_makes_no_key_and_guesses_are_slowed() {
    let (site, browser) = with_password().await;
    let form = [("name", "Tour"), ("access", "read"), ("days", "30"), ("current_password", "not this one")];
    let refused = guess(&browser, PAGE, PAGE, &form).await;
    assert_eq!(refused.fault("current_password"), "This is not your current password.");
    assert_eq!((refused.status, refused.typed("name").as_str()), (422, "Tour"));
    let slowed = ask(&browser, "read", &[("current_password", PASSWORD)]).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.page().contains("Too many failed tries. Wait 1 s"), "{}", slowed.page());
    assert_eq!(listed(&site).await, json!([]));
}

#[tokio::test]
async fn where_an_app_is_on_its_code_is_asked_for() {
    let (site, browser, app, _) = with_app_at_browser().await;
    let known = ("current_password", PASSWORD);
    let refused = ask(&browser, "read", &[known]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("code"), "Enter the code of your authenticator app, or a recovery code.");
    let refused = ask(&browser, "read", &[known, ("code", "000000")]).await;
    assert_eq!((refused.status, refused.typed("code").as_str()), (422, ""));
    assert!(refused.fault("code").starts_with("This code is not right, or it was used."), "{}", refused.page());
    assert!(!browser.get(PAGE).await.page().contains("Box office"));
    let made = ask(&browser, "read", &[known, ("code", &code_of(&app, site.now()))]).await;
    assert_eq!(made.status, 201, "{}", made.page());
    site.run_jobs().await;
}

#[tokio::test]
async fn a_key_that_was_ended_opens_nothing() {
    let (site, browser) = with_password().await;
    let key = make(&browser, "read").await;
    assert_eq!(keys::get(&site.cast.anonymous, &key, "/api/bookings").await.status, 200);
    let end = browser.get(PAGE).await.action(BELOW);
    assert_eq!(browser.submit(PAGE, &end, &[]).await.status, 303);
    assert_eq!(keys::get(&site.cast.anonymous, &key, "/api/bookings").await.code(), "invalid_api_key");
    assert_eq!(browser.submit(PAGE, &end, &[]).await.status, 404, "it is gone");
    site.run_jobs().await;
}

#[tokio::test]
async fn nobody_ends_the_keys_of_others() {
    let (site, browser) = with_password().await;
    let key = make(&browser, "read").await;
    let end = browser.get(PAGE).await.action(BELOW);
    let stranger = site.cast.other_customer.browser();
    assert!(!stranger.get(PAGE).await.page().contains("Box office"));
    let missing = end.replace(text(&listed(&site).await[0], "id"), NOBODY_S);
    for path in [&end, &missing] {
        assert_eq!(stranger.submit(PAGE, path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(keys::get(&site.cast.anonymous, &key, "/api/bookings").await.status, 200);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_life_that_no_key_has_is_refused_beside_its_field() {
    let (site, browser) = with_password().await;
    for days in ["0", "366"] {
        let form = [("name", ""), ("access", "read"), ("days", days), ("current_password", PASSWORD)];
        let refused = browser.submit(PAGE, PAGE, &form).await;
        assert_eq!((refused.status, refused.fault("days").as_str()), (422, "A key lives 1 to 365 days."), "{days}");
        assert_eq!(refused.fault("name"), "This should be a name of 1 to 60 letters on one line.");
    }
    assert_eq!(listed(&site).await, json!([]));
}
