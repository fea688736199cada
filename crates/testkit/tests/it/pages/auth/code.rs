//! The code of the authenticator app, after the password.

use chrono::TimeDelta;
use testkit::{TestBrowser, TestResponse, TestSite};
use totp_rs::Totp;

use crate::steps::authenticator::{EMAIL, code_of, mails, with_app};
use crate::steps::passwords::PASSWORD;

const PAGE: &str = "/login/code";
const PROOF: &str = "__Host-stagedoor-code";

/// Somebody whose password was right, on the way to the bookings; their app, and their recovery codes.
async fn opening() -> (TestSite, TestBrowser, Totp, Vec<String>) {
    let site = TestSite::new().await;
    let (app, codes) = with_app(&site).await;
    let browser = site.cast.anonymous.browser();
    let asked = browser.post("/login?return_to=/bookings", "", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!((asked.status, asked.header("location").as_str()), (303, "/login/code?return_to=%2Fbookings"));
    (site, browser, app, codes)
}

async fn enter(browser: &TestBrowser, code: &str) -> TestResponse {
    browser.post("/login/code?return_to=/bookings", "", &[("code", code)]).await
}

/// Whether somebody is signed in at this browser.
async fn is_in(browser: &TestBrowser) -> bool {
    browser.get("/bookings").await.status == 200
}

#[tokio::test]
async fn a_right_code_opens_the_session_and_a_wrong_one_is_asked_for_again() {
    let (site, browser, app, _) = opening().await;
    let shown = browser.get("/login/code?return_to=%2Fbookings").await.page();
    assert!(
        shown.contains("<h1>Your code</h1>") && shown.contains("action=\"/login/code?return_to=/bookings\""),
        "{shown}"
    );
    assert!(!is_in(&browser).await, "the password alone opens nothing");
    let wrong = enter(&browser, "000000").await;
    assert_eq!((wrong.status, wrong.typed("code").as_str()), (422, ""));
    assert!(wrong.fault("code").starts_with("This code is not right, or it was used."), "{}", wrong.page());
    assert!(wrong.page().contains("action=\"/login/code?return_to=/bookings\""), "{}", wrong.page());
    assert_eq!(enter(&browser, " ").await.fault("code"), "Enter a code.");
    let opened = enter(&browser, &code_of(&app, site.now())).await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/bookings"));
    assert!(is_in(&browser).await && browser.cookie(PROOF).is_none());
    site.run_jobs().await;
}

#[tokio::test]
async fn without_the_password_before_it_no_code_is_asked_for() {
    let (site, _, app, _) = opening().await;
    let stranger = site.cast.anonymous.browser().with_cookie(PROOF, "made-up");
    for answer in
        [stranger.get("/login/code?return_to=%2Fbookings").await, enter(&stranger, &code_of(&app, site.now())).await]
    {
        assert_eq!((answer.status, answer.header("location").as_str()), (303, "/login?return_to=%2Fbookings"));
    }
    assert!(!is_in(&stranger).await);
    site.run_jobs().await;
}

#[tokio::test]
async fn five_minutes_after_the_password_it_is_asked_for_again() {
    let (site, browser, app, _) = opening().await;
    site.clock.advance(TimeDelta::minutes(5));
    let late = enter(&browser, &code_of(&app, site.now())).await;
    assert_eq!((late.status, late.header("location").as_str()), (303, "/login?return_to=%2Fbookings"));
    assert!(browser.cookie(PROOF).is_none() && !is_in(&browser).await);
    site.run_jobs().await;
}

#[tokio::test]
async fn guesses_are_slowed_however_right_the_password() {
    let (site, browser, app, _) = opening().await;
    for _ in 0..5 {
        assert_eq!(enter(&browser, "000000").await.status, 422);
    }
    let slowed = enter(&browser, &code_of(&app, site.now())).await;
    assert!(slowed.fault("code").starts_with("Too many wrong codes. Wait 1 min"), "{}", slowed.page());
    assert!(!is_in(&browser).await);
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(enter(&browser, &code_of(&app, site.now())).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_its_owner_hears_of_it() {
    let (site, browser, _, codes) = opening().await;
    let proof = browser.cookie(PROOF).expect("the password was right");
    let second = site.cast.anonymous.browser().with_cookie(PROOF, &proof);
    assert_eq!(enter(&browser, &codes[0]).await.status, 303);
    assert!(is_in(&browser).await);
    assert!(enter(&second, &codes[0]).await.fault("code").starts_with("This code is not right, or it was used."));
    assert!(!is_in(&second).await);
    site.run_jobs().await;
    assert_eq!(mails(&site, "recovery_code_used").await, 1);
}

#[tokio::test]
async fn who_is_signed_in_is_led_on_and_nobody_to_another_site() {
    let (site, browser, app, _) = opening().await;
    let code = code_of(&app, site.now());
    let opened = browser.post("/login/code?return_to=//evil.test/", "", &[("code", &code)]).await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/dashboard"));
    for (way, leads) in [("%2Fbookings", "/bookings"), ("https%3A%2F%2Fevil.test%2F", "/dashboard")] {
        let answer = browser.get(&format!("{PAGE}?return_to={way}")).await;
        assert_eq!((answer.status, answer.header("location").as_str()), (303, leads));
    }
    site.run_jobs().await;
}
