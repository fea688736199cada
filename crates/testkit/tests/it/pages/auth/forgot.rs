//! Asking for the link that sets a new password.

use testkit::TestSite;

use crate::steps::authenticator::mails;
use crate::steps::newcomer::{EMAIL, mailed_token, registered};

const PAGE: &str = "/forgot";
const KNOWN: &str = "customer@example.org";

#[tokio::test]
async fn the_answer_does_not_tell_who_has_an_account() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let unknown = browser.post("/forgot", "", &[("email", "else@example.test")]).await;
    let known = browser.post("/forgot", "", &[("email", EMAIL)]).await;
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(known.text().replace("noor@", "else@"), unknown.text());
}

#[tokio::test]
async fn the_form_is_empty_and_says_what_it_is_for() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get(PAGE).await;
    assert_eq!((shown.status, shown.typed("email").as_str(), shown.fault("email").as_str()), (200, "", ""));
    assert!(shown.page().contains("we mail a link that sets a new one"), "{}", shown.page());
    assert_eq!(shown.action("/forgot"), "/forgot");
}

#[tokio::test]
async fn who_is_signed_in_can_ask_too_but_only_from_the_form_itself() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    assert_eq!(browser.post(PAGE, "forged", &[("email", KNOWN)]).await.status, 403);
    let csrf = browser.get(PAGE).await.csrf();
    let elsewhere = browser.post_from(PAGE, "cross-site", &format!("csrf={csrf}&email={KNOWN}")).await;
    assert_eq!(elsewhere.status, 403);
    site.run_jobs().await;
    assert_eq!(mails(&site, "reset_password").await, 0);
    assert_eq!(browser.submit(PAGE, PAGE, &[("email", KNOWN)]).await.status, 200);
    site.run_jobs().await;
    assert_eq!(mails(&site, "reset_password").await, 1);
}

#[tokio::test]
async fn only_who_has_an_account_is_mailed_a_link_and_it_works() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for email in ["else@example.test", " Customer@Example.org "] {
        assert_eq!(browser.submit(PAGE, PAGE, &[("email", email)]).await.status, 200, "{email}");
    }
    let token = mailed_token(&site, "reset_password").await;
    let mailbox = browser.get_here("/mailbox").await.page();
    assert!(mailbox.contains("to customer@example.org") && !mailbox.contains("else@example.test"), "{mailbox}");
    assert_eq!(mails(&site, "reset_password").await, 1);
    assert_eq!(browser.get(&format!("/reset?token={token}")).await.action("/reset"), "/reset");
}

#[tokio::test]
async fn what_is_no_address_comes_back() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.browser().post("/forgot", "", &[("email", "noor@")]).await;
    assert_eq!((shown.status, shown.typed("email").as_str()), (422, "noor@"));
    assert_eq!(shown.fault("email"), "This should be an e-mail address, such as name@example.org.");
}

#[tokio::test]
async fn three_links_an_hour_are_asked_for_and_typing_errors_are_not_counted() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.at(&site.strict_server()).browser();
    for turn in 0..4 {
        assert_eq!(browser.post(PAGE, "", &[("email", "noor@")]).await.status, 422, "{turn}");
    }
    for turn in 0..3 {
        assert_eq!(browser.post(PAGE, "", &[("email", KNOWN)]).await.status, 200, "{turn}");
    }
    let refused = browser.post(PAGE, "", &[("email", KNOWN)]).await;
    assert_eq!(refused.status, 429);
    assert!(refused.page().contains("That was too often. Wait"), "{}", refused.page());
    site.run_jobs().await;
    assert_eq!(mails(&site, "reset_password").await, 3);
}
