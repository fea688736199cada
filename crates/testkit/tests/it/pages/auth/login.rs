//! Signing in and out with the form.

use testkit::TestSite;

use crate::steps::newcomer::{EMAIL, PASSWORD, registered, signed_in};

#[tokio::test]
async fn a_wrong_password_is_not_told_from_an_unknown_address() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let known = browser.post("/login", "", &[("email", EMAIL), ("password", "not this one")]).await;
    let unknown = browser.post("/login", "", &[("email", "else@example.test"), ("password", "not this one")]).await;
    assert_eq!((known.status, unknown.status), (422, 422));
    assert_eq!(known.text().replace("noor@", "else@"), unknown.text());
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let form = [("email", EMAIL), ("password", PASSWORD), ("return_to", "//evil.test/")];
    assert_eq!(browser.post("/login", "", &form).await.header("location"), "/dashboard");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_a_page_asks_to_sign_in() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let left = browser.submit("/account", "/logout", &[]).await;
    assert_eq!((left.status, left.header("location").as_str()), (303, "/"));
    for cookie in ["__Host-stagedoor=;", "__Secure-stagedoor-draft=;", "__Secure-stagedoor-way-back=;"] {
        assert!(
            left.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().contains(cookie)),
            "{cookie}"
        );
    }
    let shown = browser.get("/account/sessions?from=here").await;
    assert_eq!(shown.header("location"), "/login?return_to=%2Faccount%2Fsessions%3Ffrom%3Dhere");
}

#[tokio::test]
async fn a_browser_has_one_session() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let again = browser.submit("/account", "/login", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 303);
    let shown = browser.get("/account/sessions").await.text();
    assert!(shown.contains("This one"), "{shown}");
    assert!(!shown.contains("End all but this one"), "the one before lives on: {shown}");
}
