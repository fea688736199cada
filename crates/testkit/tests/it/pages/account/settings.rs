//! Name, time zone and password of one's own account.

use serde_json::json;
use testkit::TestSite;

use crate::steps::authenticator::{code_of, log_in, mails, with_app_at_browser};
use crate::steps::keys;
use crate::steps::newcomer::signed_in;
use crate::steps::passwords::{PASSWORD, guess, with_password};

const PAGE: &str = "/account";
const CHANGE: &str = "/account/password";
const NEW: &str = "another lamp, another door";

#[tokio::test]
async fn it_shows_how_the_account_stands_and_what_belongs_to_it() {
    let site = TestSite::new().await;
    let page = site.cast.customer.get(PAGE).await;
    assert_eq!((page.typed("display_name").as_str(), page.chosen("time_zone").as_str()), ("customer", "Europe/Lisbon"));
    assert!(page.page().contains(">Verified<") && !page.page().contains("action=\"/verify/mail\""), "{}", page.page());
    assert!(!page.page().contains("href=\"/account/calendars\""), "calendars are of those who are booked");
    for caller in [&site.cast.celebrity, &site.cast.agent] {
        assert!(caller.get(PAGE).await.page().contains("href=\"/account/calendars\""), "{}", caller.name);
    }
    let page = site.cast.unverified.get(PAGE).await.page();
    assert!(page.contains(">Not verified<") && page.contains("action=\"/verify/mail\""), "{page}");
}

#[tokio::test]
async fn what_was_just_saved_is_said_once() {
    let (_site, browser) = with_password().await;
    let saved = browser.submit(PAGE, PAGE, &[("display_name", "Noor"), ("time_zone", "Asia/Tokyo")]).await;
    assert_eq!((saved.status, saved.header("location").as_str()), (303, "/account?saved=profile"));
    assert!(browser.get(&saved.header("location")).await.page().contains("<p>Saved.</p>"));
    assert!(!browser.get(PAGE).await.page().contains("<p>Saved.</p>"));
}

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
async fn a_new_name_and_clock_count_at_once_wherever_one_is_signed_in() {
    let (site, browser) = with_password().await;
    browser.submit(PAGE, PAGE, &[("display_name", " Noor H. "), ("time_zone", "Asia/Tokyo")]).await;
    let page = browser.get(PAGE).await;
    assert_eq!((page.typed("display_name").as_str(), page.chosen("time_zone").as_str()), ("Noor H.", "Asia/Tokyo"));
    assert!(page.page().contains("<b>Noor H.</b>"), "in the head of the page: {}", page.page());
    let me = site.cast.customer.get("/api/me").await.json();
    assert_eq!((&me["display_name"], &me["time_zone"]), (&json!("Noor H."), &json!("Asia/Tokyo")));
}

#[tokio::test]
async fn what_does_not_fit_comes_back_with_everything_that_was_typed_and_chosen() {
    let (site, browser) = with_password().await;
    for (name, zone, field, words) in [
        (
            "www.example.org",
            "Asia/Tokyo",
            "display_name",
            "This should be a name of 1 to 80 letters on one line, without a link in it.",
        ),
        ("Noor", "Moon/Base", "time_zone", "This should be a time zone, such as Europe/Lisbon."),
    ] {
        let refused = browser.submit(PAGE, PAGE, &[("display_name", name), ("time_zone", zone)]).await;
        assert_eq!((refused.status, refused.fault(field).as_str()), (422, words), "{}", refused.page());
        assert_eq!(refused.typed("display_name"), name);
        assert_eq!(refused.chosen("time_zone"), if field == "time_zone" { "" } else { zone });
    }
    let me = site.cast.customer.get("/api/me").await.json();
    assert_eq!((&me["display_name"], &me["time_zone"]), (&json!("customer"), &json!("Europe/Lisbon")));
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_what_that_opened() {
    let (site, browser) = with_password().await;
    let customer = &site.cast.customer;
    let key = keys::make(customer, "Tour planner", &[kernel::Scope::BookingsRead]).await;
    let before = browser.cookie(entry::SESSION_COOKIE);
    let changed = browser.submit(PAGE, CHANGE, &[("current_password", PASSWORD), ("new_password", NEW)]).await;
    assert_eq!((changed.status, changed.header("location").as_str()), (303, "/account?saved=password"));
    assert_ne!(browser.cookie(entry::SESSION_COOKIE), before, "the session goes on under another value");
    assert_eq!(browser.get(PAGE).await.status, 200);
    let old = site.cast.anonymous.browser().with_cookie(entry::SESSION_COOKIE, &before.expect("a cookie"));
    assert_eq!(old.get(PAGE).await.status, 303, "the value before opens nothing");
    assert_eq!(customer.get("/api/me").await.status, 401);
    assert_eq!(keys::get(&site.cast.anonymous, &key, "/api/bookings").await.code(), "invalid_api_key");
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.code(), "bad_credentials");
    assert_eq!(log_in(&site.cast.anonymous, NEW, None).await.status, 200);
    site.run_jobs().await;
    assert_eq!(mails(&site, "password_changed").await, 1);
}

#[tokio::test]
async fn a_weak_new_password_changes_nothing_and_is_not_sent_back() {
    let (site, browser) = with_password().await;
    for (new, words) in
        [("short lamp", "Use at least 12 characters"), ("password1234", "This password is among the first")]
    {
        let refused = browser.submit(PAGE, CHANGE, &[("current_password", PASSWORD), ("new_password", new)]).await;
        assert_eq!(refused.status, 422, "{new}");
        assert!(refused.fault("new_password").starts_with(words), "{new}: {}", refused.page());
        assert!(!refused.page().contains(new) && !refused.page().contains(PASSWORD), "{}", refused.page());
    }
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.status, 200);
    assert_eq!(mails(&site, "password_changed").await, 0);
}

#[tokio::test]
async fn a_wrong_old_password_changes_nothing_and_guesses_are_slowed() {
    let (site, browser) = with_password().await;
    let form = |current| [("current_password", current), ("new_password", NEW)];
    let refused = guess(&browser, PAGE, CHANGE, &form("not this one")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("current_password"), "This is not your current password.");
    let slowed = browser.submit(PAGE, CHANGE, &form(PASSWORD)).await;
    assert!(slowed.page().contains("Too many failed tries. Wait 1 s"), "{}", slowed.page());
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.status, 200, "the owner is not kept out elsewhere");
    site.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(browser.submit(PAGE, CHANGE, &form(PASSWORD)).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn where_an_app_is_on_a_new_password_needs_its_code() {
    let (site, browser, app, _) = with_app_at_browser().await;
    let change = async |code: &str| {
        browser.submit(PAGE, CHANGE, &[("current_password", PASSWORD), ("new_password", NEW), ("code", code)]).await
    };
    let refused = change("").await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("code"), "Enter the code of your authenticator app, or a recovery code.");
    assert!(change("000000").await.fault("code").starts_with("This code is not right"));
    assert_eq!(log_in(&site.cast.anonymous, NEW, None).await.code(), "bad_credentials");
    assert_eq!(change(&code_of(&app, site.now())).await.status, 303);
    assert_eq!(log_in(&site.cast.anonymous, NEW, None).await.code(), "second_factor_required");
    site.run_jobs().await;
}
