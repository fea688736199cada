//! Verifying an address over the API.

use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::authenticator::mails;
use crate::steps::newcomer::mailed_token;

#[tokio::test]
async fn the_mailed_link_verifies_its_owner_once() {
    let site = TestSite::new().await;
    let unverified = &site.cast.unverified;
    let mail = unverified.post("/api/auth/email-verification/mail", &Value::Null).await;
    assert_eq!(mail.status, 202, "{}", mail.text());
    let link = json!({"token": mailed_token(&site, "verify_address").await});
    let stranger = site.cast.anonymous.post("/api/auth/email-verification", &link).await;
    assert_eq!(
        (stranger.status, &stranger.problem()["errors"][0]["field"]),
        (422, &json!("password")),
        "{}",
        stranger.text()
    );
    assert_eq!(unverified.post("/api/auth/email-verification", &link).await.status, 200);
    assert_eq!(unverified.get("/api/me").await.json()["email_verified"], true);
    let again = unverified.post("/api/auth/email-verification", &link).await;
    assert_eq!((again.status, again.code().as_str()), (409, "link_spent"));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_made_up_link_verifies_nobody() {
    let site = TestSite::new().await;
    let refused = site.cast.unverified.post("/api/auth/email-verification", &json!({"token": "made-up"})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "link_spent"), "{}", refused.text());
    assert_eq!(site.cast.unverified.get("/api/me").await.json()["email_verified"], false);
}

#[tokio::test]
async fn one_link_is_mailed_in_an_hour() {
    let site = TestSite::new().await;
    let again = "/api/auth/email-verification/mail";
    assert_eq!(site.cast.unverified.post(again, &Value::Null).await.status, 202);
    let refused = site.cast.unverified.post(again, &Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "mailed_lately"));
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds <= 3_600));
    site.run_jobs().await;
    assert_eq!(mails(&site, "verify_address").await, 1);
}

#[tokio::test]
async fn who_is_verified_is_mailed_no_link() {
    let site = TestSite::new().await;
    assert_eq!(site.cast.customer.post("/api/auth/email-verification/mail", &Value::Null).await.status, 202);
    site.run_jobs().await;
    assert_eq!(mails(&site, "verify_address").await, 0);
}
