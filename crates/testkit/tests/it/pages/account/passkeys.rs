//! Passkeys, added and removed with forms.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::authenticator::{code_of, mails, proof_with, with_app_at_browser};
use crate::steps::device::Device;
use crate::steps::objects::NOBODY_S;
use crate::steps::passkeys::{add, log_in, question, question_for_new, send};
use crate::steps::passwords::{PASSWORD, give_password, guess, with_password};

const PAGE: &str = "/account/passkeys";
const BELOW: &str = "/account/passkeys/";
const MISFIT: &str = "Your device's answer does not fit, or came too late.";

/// Sends the form that adds a passkey.
async fn offer(browser: &TestBrowser, name: &str, credential: &Value) -> TestResponse {
    browser.submit(PAGE, PAGE, &[("name", name), ("credential", &credential.to_string())]).await
}

/// The names of the customer's passkeys.
async fn names(site: &TestSite) -> Vec<Value> {
    let listed = site.cast.customer.signed_in_anew(site).await.get("/api/me/passkeys").await.json();
    listed["items"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect()
}

#[tokio::test]
async fn a_passkey_is_added_and_removed() {
    let (site, browser) = with_password().await;
    let credential = Device::new(1).make(&question_for_new(&site.cast.customer).await);
    let added = offer(&browser, "Red phone", &credential).await;
    assert_eq!((added.status, added.header("location").as_str()), (303, PAGE), "{}", added.page());
    let listed = browser.get(PAGE).await;
    assert!(listed.page().contains("<b>Red phone</b>"), "{}", listed.page());
    let removed = browser.submit(PAGE, &listed.action(BELOW), &[("current_password", PASSWORD)]).await;
    assert_eq!((removed.status, removed.header("location").as_str()), (303, PAGE));
    assert!(!browser.get(PAGE).await.page().contains("Red phone"));
    site.run_jobs().await;
    assert_eq!((mails(&site, "passkey_added").await, mails(&site, "passkey_removed").await), (1, 1));
}

#[tokio::test]
async fn each_stands_with_when_it_was_added_and_used_for_its_owner_alone() {
    let (site, browser) = with_password().await;
    let (_, mut device) = add(&site.cast.customer, "Red phone", 1).await;
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("added just now · never used"), "{page}");
    site.clock.advance(TimeDelta::minutes(2));
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200);
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("<b>Red phone</b>") && page.contains("added 2 minutes ago · used just now"), "{page}");
    assert!(!site.cast.other_customer.get(PAGE).await.page().contains("Red phone"));
    site.run_jobs().await;
}

#[tokio::test]
async fn who_has_not_verified_is_sent_to_do_that_first() {
    let site = TestSite::new().await;
    let browser = site.cast.unverified.browser();
    let shown = browser.get(PAGE).await.page();
    assert!(shown.contains("Verify your e-mail address first, then you can add a passkey."), "{shown}");
    assert!(!shown.contains("action=\"/account/passkeys\""), "{shown}");
    let refused = offer(&browser, "Red phone", &json!({})).await;
    assert_eq!(refused.status, 403);
    assert!(refused.page().contains("Verify your address first."), "{}", refused.page());
}

#[tokio::test]
async fn a_name_that_is_taken_or_none_comes_back_with_what_is_wrong() {
    let (site, browser) = with_password().await;
    let customer = &site.cast.customer;
    add(customer, "Red phone", 1).await;
    let credential = Device::new(2).make(&question_for_new(customer).await);
    let unnamed = offer(&browser, "two\nlines", &credential).await;
    assert_eq!((unnamed.status, unnamed.typed("name").as_str()), (422, "two\nlines"));
    assert_eq!(unnamed.fault("name"), "This should be a name of 1 to 60 letters on one line.");
    let taken = offer(&browser, "RED PHONE", &credential).await;
    assert_eq!((taken.status, taken.typed("name").as_str()), (409, "RED PHONE"));
    assert!(taken.page().contains("You have a passkey of this name. Choose another name."), "{}", taken.page());
    assert_eq!(names(&site).await, ["Red phone"]);
    site.run_jobs().await;
}

#[tokio::test]
async fn an_answer_that_is_another_s_too_late_or_none_adds_nothing() {
    let (site, browser) = with_password().await;
    let other = &site.cast.other_customer;
    give_password(&site, other).await;
    let foreign = Device::new(1).make(&question_for_new(other).await);
    let late = Device::new(2).make(&question_for_new(&site.cast.customer).await);
    for (what, credential) in [("another's", foreign.clone()), ("none", json!({})), ("no JSON", json!("{"))] {
        let refused = offer(&browser, "Red phone", &credential).await;
        assert_eq!((refused.status, refused.typed("name").as_str()), (422, "Red phone"), "{what}");
        assert!(refused.page().contains(MISFIT), "{what}: {}", refused.page());
    }
    assert_eq!(send(other, "Mine", &foreign).await.status, 201, "and its owner's question still stands");
    site.clock.advance(TimeDelta::minutes(5));
    let refused = offer(&browser, "Red phone", &late).await;
    assert!(refused.status == 422 && refused.page().contains(MISFIT), "{}", refused.page());
    assert_eq!(names(&site).await, [""; 0]);
    site.run_jobs().await;
}

#[tokio::test]
async fn what_was_removed_opens_nothing_and_the_other_sessions_end() {
    let (site, browser) = with_password().await;
    let customer = &site.cast.customer;
    let (_, mut device) = add(customer, "Red phone", 1).await;
    let end = browser.get(PAGE).await.action(BELOW);
    assert_eq!(browser.submit(PAGE, &end, &[("current_password", PASSWORD)]).await.status, 303);
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.code(), "bad_passkey");
    assert_eq!(customer.get("/api/me").await.status, 401, "it may have been opened with the passkey");
    assert_eq!(browser.get(PAGE).await.status, 200, "the one that removed it goes on");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_password_removes_nothing_and_guesses_are_slowed() {
    let (site, browser) = with_password().await;
    add(&site.cast.customer, "Red phone", 1).await;
    let end = browser.get(PAGE).await.action(BELOW);
    let refused = guess(&browser, PAGE, &end, &[("current_password", "not this one")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("This is not your current password."), "{}", refused.page());
    let slowed = browser.submit(PAGE, &end, &[("current_password", PASSWORD)]).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.page().contains("Too many failed tries. Wait 1 s"), "{}", slowed.page());
    assert_eq!(names(&site).await, ["Red phone"]);
    site.run_jobs().await;
}

#[tokio::test]
async fn where_an_app_is_on_its_code_is_asked_for_before_one_is_removed() {
    let (site, browser, app, codes) = with_app_at_browser().await;
    let customer = &site.cast.customer;
    let asked = customer.post("/api/me/passkeys/challenge", &proof_with(&code_of(&app, site.now()))).await.json();
    assert_eq!(send(customer, "Red phone", &Device::new(1).make(&asked["options"])).await.status, 201);
    let page = browser.get(PAGE).await;
    let (end, known) = (page.action(BELOW), ("current_password", PASSWORD));
    assert!(page.page().contains("id=\"removal-1-code\""), "{}", page.page());
    for (fields, words) in [
        (vec![known], "Enter the code of your authenticator app, or a recovery code."),
        (vec![known, ("code", "000000")], "This code is not right, or it was used."),
    ] {
        let refused = browser.submit(PAGE, &end, &fields).await;
        assert!(refused.status == 422 && refused.page().contains(words), "{words}: {}", refused.page());
    }
    assert_eq!(names(&site).await, ["Red phone"]);
    assert_eq!(browser.submit(PAGE, &end, &[known, ("code", &codes[0])]).await.status, 303);
    assert_eq!(names(&site).await, [""; 0]);
    site.run_jobs().await;
}

#[tokio::test]
async fn nobody_removes_the_passkeys_of_others() {
    let (site, browser) = with_password().await;
    let (id, mut device) = add(&site.cast.customer, "Red phone", 1).await;
    give_password(&site, &site.cast.other_customer).await;
    let (end, stranger) = (browser.get(PAGE).await.action(BELOW), site.cast.other_customer.browser());
    for path in [&end, &end.replace(&id, NOBODY_S)] {
        let refused = stranger.submit(PAGE, path, &[("current_password", PASSWORD)]).await;
        assert_eq!(refused.status, 404, "{path}: {}", refused.page());
    }
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200);
    site.run_jobs().await;
}
