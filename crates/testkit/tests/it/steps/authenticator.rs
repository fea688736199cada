//! A customer with a password and an authenticator app, and how they log in.

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{TestBrowser, TestCaller, TestResponse, TestSite};
use totp_rs::{Builder, Secret, Totp};

use crate::steps::passwords::{PASSWORD, give_password};

pub const EMAIL: &str = "customer@example.org";

/// The customer has a password and an app that is on; answers the app and the recovery codes.
pub async fn with_app(site: &TestSite) -> (Totp, Vec<String>) {
    let customer = &site.cast.customer;
    give_password(site, customer).await;
    let begun = customer.post("/api/auth/totp", &proof()).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let app = phone(begun.json()["secret"].as_str().expect("a secret"));
    let confirmed = customer.post("/api/auth/totp/confirmation", &json!({"code": code_of(&app, site.now())})).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = serde_json::from_value(confirmed.json()["recovery_codes"].clone()).expect("codes");
    // The code that confirmed is spent.
    site.clock.advance(TimeDelta::seconds(60));
    (app, codes)
}

/// The same at a browser.
pub async fn with_app_at_browser() -> (TestSite, TestBrowser, Totp, Vec<String>) {
    let site = TestSite::new().await;
    let (app, codes) = with_app(&site).await;
    // What was opened without a code was ended.
    let browser = site.cast.customer.signed_in_anew(&site).await.browser();
    (site, browser, app, codes)
}

pub async fn log_in(caller: &TestCaller, password: &str, code: Option<&str>) -> TestResponse {
    let mut body = json!({"email": EMAIL, "password": password});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    caller.post("/api/auth/login", &body).await
}

pub fn proof() -> Value {
    json!({"current_password": PASSWORD})
}

/// The password and a code.
pub fn proof_with(code: &str) -> Value {
    json!({"current_password": PASSWORD, "code": code})
}

/// A phone with an app that was told `secret`.
pub fn phone(secret: &str) -> Totp {
    Builder::new().with_secret(Secret::try_from_base32(secret).expect("base32")).build().expect("an app")
}

pub fn code_of(app: &Totp, now: Instant) -> String {
    app.generate(now.timestamp().unsigned_abs()).to_string()
}

pub async fn mails(site: &TestSite, template: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM mails WHERE template = $1")
        .bind(template)
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("reads")
}
