//! The log-in page's button for passkeys.

use accounts::commands::suspend;
use serde_json::Value;
use testkit::{TestBrowser, TestResponse};

use crate::steps::passkeys::{add, question};
use crate::steps::passwords::with_password;

const PAGE: &str = "/login/passkey";

async fn show(browser: &TestBrowser, credential: &Value, way: &str) -> TestResponse {
    browser.post(&format!("{PAGE}?return_to={way}"), "", &[("credential", &credential.to_string())]).await
}

#[tokio::test]
async fn a_passkey_opens_the_session_and_nonsense_does_not() {
    let (site, _) = with_password().await;
    let (_, mut device) = add(&site.cast.customer, "Phone", 1).await;
    let browser = site.cast.anonymous.browser();
    let refused = browser.post("/login/passkey?return_to=/account", "", &[("credential", "{")]).await;
    assert_eq!(refused.status, 422);
    let page = refused.page();
    assert!(page.contains("This passkey does not open an account here. Try again"), "{page}");
    for form in ["/login", PAGE] {
        assert!(page.contains(&format!("action=\"{form}?return_to=/account\"")), "{form} keeps the way: {page}");
    }
    let opened = show(&browser, &device.show(&question(&site).await), "/account").await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/account"), "{}", opened.page());
    assert!(browser.get("/account").await.page().contains("customer@example.org"));
    site.run_jobs().await;
}

#[tokio::test]
async fn an_answer_opens_once_leads_to_no_other_site_and_replaces_the_session_before() {
    let (site, _) = with_password().await;
    let (_, mut device) = add(&site.cast.customer, "Phone", 1).await;
    let answer = device.show(&question(&site).await);
    let browser = site.cast.anonymous.browser();
    let opened = show(&browser, &answer, "//evil.test/").await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/dashboard"));
    let elsewhere = site.cast.anonymous.browser();
    let again = show(&elsewhere, &answer, "/account").await;
    assert!(again.status == 422 && again.page().contains("This passkey does not open an account here."));
    assert_eq!(elsewhere.get("/account").await.status, 303);

    let before = browser.cookie(entry::SESSION_COOKIE).expect("a session");
    let credential = device.show(&question(&site).await).to_string();
    assert_eq!(browser.submit("/account", PAGE, &[("credential", &credential)]).await.status, 303);
    let old = site.cast.anonymous.browser().with_cookie(entry::SESSION_COOKIE, &before);
    assert_eq!((old.get("/account").await.status, browser.get("/account").await.status), (303, 200));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_suspended_person_s_passkey_opens_nothing() {
    let (site, _) = with_password().await;
    let (_, mut device) = add(&site.cast.customer, "Phone", 1).await;
    let mut tx = site.site.database.begin().await.expect("begins");
    suspend(&mut tx, site.now(), site.cast.customer.id()).await.expect("suspends");
    tx.commit().await.expect("commits");
    let browser = site.cast.anonymous.browser();
    let refused = show(&browser, &device.show(&question(&site).await), "/account").await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("This account is suspended."), "{}", refused.page());
    assert_eq!(browser.get("/account").await.status, 303);
    site.run_jobs().await;
}
