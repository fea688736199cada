//! Verifying an address over the API.

use serde_json::{Value, json};
use testkit::TestSite;

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
