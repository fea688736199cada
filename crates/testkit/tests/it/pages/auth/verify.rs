//! The mailed link lands here, and whoever types the password is signed in by it.

use chrono::TimeDelta;
use testkit::{TestBrowser, TestSite};

use crate::steps::authenticator::mails;
use crate::steps::newcomer::{mailed_token, signed_in};
use crate::steps::passwords::{PASSWORD, give_password};

const AGAIN: &str = "/verify/mail";
const SPENT: &str = "This link has been used or has expired. Ask for a new one.";

/// Somebody signed in who has not verified their address, and what the link carries that they were mailed.
async fn opening() -> (TestSite, TestBrowser, String) {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.unverified).await;
    let browser = site.cast.unverified.browser();
    let sent = browser.submit("/account", AGAIN, &[]).await;
    assert_eq!(sent.status, 200, "{}", sent.page());
    assert!(sent.page().contains("If unverified@example.org can be reached"), "{}", sent.page());
    let token = mailed_token(&site, "verify_address").await;
    (site, browser, token)
}

/// Whether the account page calls the address verified.
async fn is_verified(browser: &TestBrowser) -> bool {
    browser.get("/account").await.page().contains(">Verified<")
}

#[tokio::test]
async fn a_newcomer_registers_verifies_and_signs_in() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let account = browser.get("/account").await;
    assert!(account.text().contains("noor@example.test") && account.text().contains("Verified"), "{}", account.text());
    assert_eq!(account.header("cache-control"), "no-store");
    assert!(browser.get_here("/mailbox").await.text().contains("Verify your e-mail address"));
}

#[tokio::test]
async fn a_link_that_nobody_was_mailed_says_so() {
    let (_site, browser, _) = opening().await;
    let shown = browser.get("/verify?token=made-up").await;
    assert_eq!(shown.status, 200);
    assert!(shown.page().contains(SPENT) && !shown.page().contains("action=\"/verify\""), "{}", shown.page());
    let refused = browser.submit("/account", "/verify", &[("token", "made-up")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.page().contains(SPENT), "{}", refused.page());
    assert!(!is_verified(&browser).await);
}

#[tokio::test]
async fn opening_the_link_verifies_nothing_and_asks_strangers_for_the_password() {
    let (site, browser, token) = opening().await;
    let path = format!("/verify?token={token}");
    for (visitor, is_asked) in
        [(&browser, false), (&site.cast.anonymous.browser(), true), (&site.cast.customer.browser(), true)]
    {
        let shown = visitor.get(&path).await;
        assert_eq!((shown.status, shown.typed("token")), (200, token.clone()));
        assert_eq!(shown.page().contains("name=\"password\""), is_asked, "{}", shown.page());
    }
    assert!(!is_verified(&browser).await);
}

#[tokio::test]
async fn one_press_verifies_who_is_signed_in_and_the_link_is_spent() {
    let (site, browser, token) = opening().await;
    let path = format!("/verify?token={token}");
    let verified = browser.submit(&path, "/verify", &[("token", &token)]).await;
    assert_eq!((verified.status, verified.header("location").as_str()), (303, "/discover"), "{}", verified.page());
    assert!(is_verified(&browser).await);
    let again = browser.submit("/account", "/verify", &[("token", &token)]).await;
    assert!(again.status == 409 && again.page().contains(SPENT), "{}", again.page());
    assert!(browser.get(&path).await.page().contains(SPENT));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_stranger_s_wrong_password_verifies_nothing_and_guesses_are_slowed() {
    let (site, browser, token) = opening().await;
    let stranger = site.cast.anonymous.browser();
    let send =
        async |password| stranger.post("/verify", "", &[("token", token.as_str()), ("password", password)]).await;
    assert_eq!(send("").await.fault("password"), "Enter the password that you registered with.");
    for _ in 0..5 {
        let refused = send("not this one").await;
        assert_eq!((refused.status, refused.typed("token")), (422, token.clone()));
        assert!(refused.fault("password").starts_with("This is not the password of this account."));
    }
    let slowed = send(PASSWORD).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.page().contains("Too many failed tries."), "{}", slowed.page());
    assert_eq!(stranger.get("/account").await.status, 303);
    assert!(!is_verified(&browser).await);
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(send(PASSWORD).await.header("location"), "/discover");
    assert!(is_verified(&browser).await && is_verified(&stranger).await, "whoever knows it is signed in");
    site.run_jobs().await;
}

#[tokio::test]
async fn two_days_later_the_link_verifies_nobody() {
    let (site, browser, token) = opening().await;
    site.clock.advance(TimeDelta::hours(48));
    assert!(browser.get(&format!("/verify?token={token}")).await.page().contains(SPENT));
    let late = browser.submit("/account", "/verify", &[("token", &token)]).await;
    assert!(late.status == 409 && late.page().contains(SPENT), "{}", late.page());
    assert!(!is_verified(&browser).await);
}

#[tokio::test]
async fn one_link_is_mailed_in_an_hour_and_the_newest_counts() {
    let (site, browser, token) = opening().await;
    let refused = browser.submit("/account", AGAIN, &[]).await;
    assert_eq!(refused.status, 429);
    assert!(refused.page().contains("A link was mailed within the last hour."), "{}", refused.page());
    site.clock.advance(TimeDelta::hours(1));
    assert_eq!(browser.submit("/account", AGAIN, &[]).await.status, 200);
    let newest = mailed_token(&site, "verify_address").await;
    assert_eq!(mails(&site, "verify_address").await, 2);
    assert_eq!(browser.submit("/account", "/verify", &[("token", &token)]).await.status, 409);
    assert_eq!(browser.submit("/account", "/verify", &[("token", &newest)]).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn nobody_is_mailed_who_is_verified_or_not_signed_in() {
    let site = TestSite::new().await;
    assert_eq!(site.cast.customer.browser().submit("/account", AGAIN, &[]).await.status, 200);
    let stranger = site.cast.anonymous.browser().post(AGAIN, "", &[]).await;
    assert_eq!((stranger.status, stranger.header("location").as_str()), (303, "/login?return_to=%2Fdashboard"));
    site.run_jobs().await;
    assert_eq!(mails(&site, "verify_address").await, 0);
}
