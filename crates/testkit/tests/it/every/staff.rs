//! Staff without a second factor: they can set one up, and do nothing else.

use access::{Policy, Surface};
use kernel::Role;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::steps::authenticator::{code_of, phone, proof};
use crate::steps::objects::{self, Objects};
use crate::steps::passkeys;
use crate::steps::passwords::{PASSWORD, give_password};

/// Support has a password, and neither an app nor a passkey.
async fn without_factor(site: &TestSite) -> TestCaller {
    let support = &site.cast.support;
    give_password(site, support).await;
    sqlx::query("DELETE FROM passkeys WHERE person_id = $1")
        .bind(support.id().0)
        .execute(site.test_database().database.pool())
        .await
        .expect("deletes");
    support.signed_in_anew(site).await
}

async fn log_in(site: &TestSite) -> testkit::TestResponse {
    let login = json!({"email": "support@example.org", "password": PASSWORD});
    site.cast.anonymous.post("/api/auth/login", &login).await
}

#[tokio::test]
async fn staff_without_a_second_factor_are_told_to_set_one_up_at_every_entry_point() {
    let site = TestSite::new().await;
    let support = without_factor(&site).await;
    let mut faults = Vec::new();
    let mut cells = 0;
    let guarded = |entry: &&&access::Entry| entry.surface != Surface::Machine && entry.policy != Policy::Public;
    let all: Vec<_> = access::all().collect();
    for entry in all.iter().filter(guarded).filter(|entry| !entry.before_second_factor) {
        cells += 1;
        let path = Objects::missing_path(entry);
        let answer = support.call(entry.method.as_str(), &path, objects::body(entry).as_ref(), &[]).await;
        let is_told = match entry.surface {
            Surface::Page => (answer.status, answer.header("location").as_str()) == (303, "/account/security"),
            _ => (answer.status, answer.code().as_str()) == (403, "second_factor_missing"),
        };
        // What is for other roles is refused before.
        let is_for_others = matches!(entry.policy, Policy::Roles(roles) if !roles.contains(&Role::Support));
        if !is_told && !is_for_others {
            faults.push(format!("{} {}: {} {}", entry.method.as_str(), entry.path, answer.status, answer.text()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cells > 30, "only {cells} were tried");
    let page = support.browser().get("/account/security").await;
    assert!(page.text().contains("Staff accounts need a second factor."), "{}", page.text());
    assert_eq!(site.cast.customer.get("/api/bookings").await.status, 200, "others are not asked");
}

#[tokio::test]
async fn an_app_makes_them_staff_and_ends_what_the_password_alone_had_opened() {
    let site = TestSite::new().await;
    let support = without_factor(&site).await;
    let elsewhere = site.cast.anonymous.with_tokens(&log_in(&site).await.json());
    assert_eq!(elsewhere.get("/api/bookings").await.code(), "second_factor_missing");
    let begun = support.post("/api/auth/totp", &proof()).await.json();
    let code = code_of(&phone(begun["secret"].as_str().expect("a secret")), site.now());
    assert_eq!(support.post("/api/auth/totp/confirmation", &json!({"code": code})).await.status, 200);
    assert_eq!(support.get("/api/bookings").await.status, 200);
    assert_eq!(elsewhere.get("/api/bookings").await.status, 401);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_passkey_makes_them_staff_and_then_the_password_alone_opens_nothing() {
    let site = TestSite::new().await;
    let support = without_factor(&site).await;
    let elsewhere = site.cast.anonymous.with_tokens(&log_in(&site).await.json());
    let (_, mut device) = passkeys::add(&support, "Phone", 1).await;
    assert_eq!(support.get("/api/bookings").await.status, 200);
    assert_eq!(elsewhere.get("/api/bookings").await.status, 401, "it was opened with the password alone");
    let refused = log_in(&site).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "passkey_required"));
    let form = [("email", "support@example.org"), ("password", PASSWORD)];
    let shown = site.cast.anonymous.browser().post("/login", "", &form).await;
    assert_eq!(shown.status, 422);
    assert!(shown.text().contains("Sign in with your passkey."), "{}", shown.text());
    let opened: Value = passkeys::log_in(&site, &device.show(&passkeys::question(&site).await)).await.json();
    assert_eq!(site.cast.anonymous.with_tokens(&opened).get("/api/bookings").await.status, 200);
    site.jobs_may_be_left();
}
