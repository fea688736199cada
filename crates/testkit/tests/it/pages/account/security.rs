//! The authenticator app, set up and taken off with forms.

use chrono::TimeDelta;
use testkit::{TestBrowser, TestSite};
use totp_rs::Totp;

use crate::steps::authenticator::{code_of, log_in, mails, phone, with_app_at_browser};
use crate::steps::passwords::{PASSWORD, guess, with_password};

const PAGE: &str = "/account/security";
const BEGIN: &str = "/account/security/app";
const CONFIRM: &str = "/account/security/app/confirmation";
const END: &str = "/account/security/app/end";
const CODES: &str = "/account/security/codes";

const KNOWN: (&str, &str) = ("current_password", PASSWORD);

/// Begins to set up an app; answers the phone that was told the secret.
async fn begin(browser: &TestBrowser) -> Totp {
    let begun = browser.submit(PAGE, BEGIN, &[KNOWN]).await;
    assert_eq!((begun.status, begun.header("location").as_str()), (303, PAGE), "{}", begun.page());
    phone(&secret_of(&browser.get(PAGE).await.page()))
}

/// The secret that the page spells in groups of four.
fn secret_of(page: &str) -> String {
    let spelt = page.split("id=\"app-secret\">").nth(1).and_then(|rest| rest.split('<').next());
    spelt.unwrap_or_else(|| panic!("no secret in {page}")).replace(' ', "")
}

/// The recovery codes on a page.
fn codes_of(page: &str) -> Vec<String> {
    let codes =
        page.split("id=\"codes-text\">").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap_or_default();
    codes.split("<code>").skip(1).filter_map(|code| code.split('<').next()).map(str::to_owned).collect()
}

/// Whether the customer's password opens their account without a code.
async fn password_is_enough(site: &TestSite) -> bool {
    log_in(&site.cast.anonymous, PASSWORD, None).await.status == 200
}

/// Whether a code opens the customer's account beside the password.
async fn opens(site: &TestSite, code: &str) -> bool {
    log_in(&site.cast.anonymous, PASSWORD, Some(code)).await.status == 200
}

#[tokio::test]
async fn an_app_is_set_up_confirmed_and_taken_off() {
    let (site, browser) = with_password().await;
    let app = begin(&browser).await;
    let on = browser.submit(PAGE, CONFIRM, &[("code", &code_of(&app, site.now()))]).await;
    assert_eq!(on.status, 200, "{}", on.page());
    assert!(browser.get(PAGE).await.page().contains("action=\"/account/security/codes\""));
    site.clock.advance(TimeDelta::seconds(30));
    let off = browser.submit(PAGE, END, &[KNOWN, ("code", &code_of(&app, site.now()))]).await;
    assert_eq!((off.status, off.header("location").as_str()), (303, PAGE));
    assert!(browser.get(PAGE).await.page().contains("action=\"/account/security/app\""), "it can be set up anew");
    site.run_jobs().await;
    assert_eq!((mails(&site, "second_factor_added").await, mails(&site, "second_factor_removed").await), (1, 1));
}

#[tokio::test]
async fn who_has_not_verified_is_sent_to_do_that_first() {
    let site = TestSite::new().await;
    let browser = site.cast.unverified.browser();
    let shown = browser.get(PAGE).await.page();
    assert!(shown.contains("Verify your e-mail address first, then you can set an authenticator app up."), "{shown}");
    assert!(!shown.contains("action=\"/account/security/app\""), "{shown}");
    for (action, field) in [(BEGIN, KNOWN), (CONFIRM, ("code", "123456"))] {
        let refused = browser.submit(PAGE, action, &[field]).await;
        assert_eq!(refused.status, 403, "{action}");
        assert!(refused.page().contains("Verify your address first."), "{action}: {}", refused.page());
    }
}

#[tokio::test]
async fn who_has_few_recovery_codes_left_is_told() {
    let (site, browser, _, codes) = with_app_at_browser().await;
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("10 recovery codes are left.") && page.contains("Turned on 1 minute ago."), "{page}");
    for code in &codes[..9] {
        assert!(opens(&site, code).await);
    }
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("You have 1 recovery code left. Make new ones before you need one."), "{page}");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_password_begins_nothing_and_guesses_are_slowed() {
    let (site, browser) = with_password().await;
    let refused = guess(&browser, PAGE, BEGIN, &[("current_password", "not this one")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("current_password"), "This is not your current password.");
    let slowed = browser.submit(PAGE, BEGIN, &[KNOWN]).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.page().contains("Too many failed tries. Wait 1 s"), "{}", slowed.page());
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("action=\"/account/security/app\"") && !page.contains("app-secret"), "{page}");
    site.clock.advance(TimeDelta::seconds(1));
    begin(&browser).await;
}

#[tokio::test]
async fn the_secret_stands_there_to_scan_and_to_type_until_it_is_too_old() {
    let (site, browser) = with_password().await;
    let app = begin(&browser).await;
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("aria-label=\"QR code for your authenticator app\"><svg"), "{page}");
    assert!(!site.cast.other_customer.get(PAGE).await.page().contains("app-secret"));
    site.clock.advance(TimeDelta::minutes(31));
    assert!(browser.get(PAGE).await.page().contains("action=\"/account/security/app\""), "it begins anew");
    let late = browser.submit(PAGE, CONFIRM, &[("code", &code_of(&app, site.now()))]).await;
    assert_eq!(late.status, 409);
    assert!(late.page().contains("No authenticator app is being set up, or that was too long ago."), "{}", late.page());
    assert!(password_is_enough(&site).await);
}

#[tokio::test]
async fn beside_an_app_that_is_on_none_is_begun() {
    let (site, browser, app, _) = with_app_at_browser().await;
    let refused = browser.submit(PAGE, BEGIN, &[KNOWN, ("code", &code_of(&app, site.now()))]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.page().contains("An authenticator app is on already."), "{}", refused.page());
    site.clock.advance(TimeDelta::seconds(30));
    assert!(opens(&site, &code_of(&app, site.now())).await, "the app goes on");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_first_code_turns_nothing_on_and_leaves_the_secret_there() {
    let (site, browser) = with_password().await;
    let app = begin(&browser).await;
    let before = secret_of(&browser.get(PAGE).await.page());
    for code in ["000000", "", "not a code"] {
        let refused = browser.submit(PAGE, CONFIRM, &[("code", code)]).await;
        assert_eq!(refused.status, 422, "{code}");
        assert!(refused.fault("code").starts_with("This is not the code that the app shows now."), "{code}");
        assert_eq!((refused.typed("code").as_str(), secret_of(&refused.page())), ("", before.clone()));
    }
    assert!(password_is_enough(&site).await);
    let on = browser.submit(PAGE, CONFIRM, &[("code", &code_of(&app, site.now()))]).await;
    assert_eq!(on.status, 200, "{}", on.page());
    site.run_jobs().await;
}

#[tokio::test]
async fn turning_it_on_shows_the_recovery_codes_once_and_ends_the_other_sessions() {
    let (site, browser) = with_password().await;
    let app = begin(&browser).await;
    let on = browser.submit(PAGE, CONFIRM, &[("code", &code_of(&app, site.now()))]).await.page();
    let codes = codes_of(&on);
    assert_eq!(codes.len(), 10, "{on}");
    assert_eq!(codes_of(&browser.get(PAGE).await.page()), [""; 0], "they are shown once");
    assert_eq!(site.cast.customer.get("/api/me").await.status, 401, "it was opened without a code");
    assert!(!password_is_enough(&site).await && opens(&site, &codes[0]).await);
    let again = browser.submit(PAGE, CONFIRM, &[("code", &code_of(&app, site.now()))]).await;
    assert!(again.status == 409 && again.page().contains("An authenticator app is on already."), "{}", again.page());
    site.run_jobs().await;
    assert_eq!(mails(&site, "second_factor_added").await, 1);
}

#[tokio::test]
async fn new_recovery_codes_are_shown_once_and_replace_the_old_ones() {
    let (site, browser, app, old) = with_app_at_browser().await;
    let made = browser.submit(PAGE, CODES, &[KNOWN, ("code", &code_of(&app, site.now()))]).await;
    let new = codes_of(&made.page());
    assert_eq!((made.status, new.len()), (201, 10), "{}", made.page());
    assert!(new.iter().all(|code| !old.contains(code)), "{new:?}");
    assert_eq!(codes_of(&browser.get(PAGE).await.page()), [""; 0], "they are shown once");
    assert!(!opens(&site, &old[0]).await && opens(&site, &new[0]).await);
    site.run_jobs().await;
    assert_eq!(mails(&site, "recovery_codes_renewed").await, 1);
}

#[tokio::test]
async fn without_password_and_code_no_recovery_codes_are_made_and_nothing_is_turned_off() {
    let (site, browser, _, old) = with_app_at_browser().await;
    for (action, fields, field, words) in [
        (
            CODES,
            [("current_password", "not this one"), ("code", &*old[0])],
            "current_password",
            "This is not your current",
        ),
        (CODES, [KNOWN, ("code", "")], "code", "Enter the code of your authenticator app"),
        (CODES, [KNOWN, ("code", "000000")], "code", "This code is not right, or it was used."),
        (
            END,
            [("current_password", "not this one"), ("code", &old[0])],
            "current_password",
            "This is not your current",
        ),
        (END, [KNOWN, ("code", "")], "code", "Enter the code of your authenticator app"),
        (END, [KNOWN, ("code", "000000")], "code", "This code is not right, or it was used."),
    ] {
        let refused = browser.submit(PAGE, action, &fields).await;
        assert!(refused.status == 422 && refused.fault(field).starts_with(words), "{action}: {}", refused.page());
        assert_eq!(codes_of(&refused.page()), [""; 0]);
    }
    assert!(browser.get(PAGE).await.page().contains("10 recovery codes are left."));
    assert!(!password_is_enough(&site).await && opens(&site, &old[0]).await);
    site.run_jobs().await;
}

#[tokio::test]
async fn guesses_at_the_code_are_slowed_however_right_the_password() {
    let (site, browser, app, _) = with_app_at_browser().await;
    guess(&browser, PAGE, END, &[KNOWN, ("code", "000000")]).await;
    for action in [END, CODES] {
        let slowed = browser.submit(PAGE, action, &[KNOWN, ("code", &code_of(&app, site.now()))]).await;
        assert_eq!(slowed.status, 429, "{action}");
        assert!(slowed.page().contains("Too many wrong codes."), "{action}: {}", slowed.page());
    }
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(browser.submit(PAGE, END, &[KNOWN, ("code", &code_of(&app, site.now()))]).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn what_is_turned_off_asks_for_no_code_and_takes_its_recovery_codes_with_it() {
    let (site, browser, _, codes) = with_app_at_browser().await;
    assert_eq!(browser.submit(PAGE, END, &[KNOWN, ("code", &codes[0])]).await.status, 303);
    assert!(password_is_enough(&site).await);
    for action in [END, CODES] {
        let refused = browser.submit(PAGE, action, &[KNOWN, ("code", &codes[1])]).await;
        assert_eq!(refused.status, 409, "{action}");
        assert!(refused.page().contains("No authenticator app is on."), "{action}: {}", refused.page());
    }
    site.run_jobs().await;
    assert_eq!(mails(&site, "second_factor_removed").await, 1);
}
