//! The authenticator app: set up, lost, taken off.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::authenticator::{code_of, log_in, mails, phone, proof, proof_with, with_app};
use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn an_app_counts_from_its_first_right_code_until_it_is_taken_off() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let anybody = &site.cast.anonymous;
    give_password(&site, customer).await;
    let refused = customer.post("/api/auth/totp", &json!({"current_password": "not this one"})).await;
    assert_eq!(refused.problem()["errors"][0]["field"], "current_password");
    assert_eq!(
        customer.post("/api/auth/totp/confirmation", &json!({"code": "123456"})).await.code(),
        "authenticator_not_begun"
    );
    let begun = customer.post("/api/auth/totp", &proof()).await.json();
    assert!(begun["uri"].as_str().unwrap().contains(begun["secret"].as_str().unwrap()));
    assert_eq!(log_in(anybody, PASSWORD, None).await.status, 200, "not asked before it is confirmed");
    for code in ["000000", "", "not a code", &"9".repeat(10_000)] {
        let wrong = customer.post("/api/auth/totp/confirmation", &json!({"code": code})).await;
        assert_eq!((wrong.status, wrong.problem()["errors"][0]["field"].clone()), (422, json!("code")), "{code:.20}");
    }
    let app = phone(begun["secret"].as_str().unwrap());
    let confirmed = customer.post("/api/auth/totp/confirmation", &json!({"code": code_of(&app, site.now())})).await;
    assert_eq!(confirmed.json()["recovery_codes"].as_array().unwrap().len(), 10);
    let stands = customer.get("/api/auth/totp").await.json();
    assert_eq!((stands["enabled"].clone(), stands["recovery_codes_left"].clone()), (json!(true), json!(10)));
    assert_eq!(log_in(anybody, PASSWORD, None).await.code(), "second_factor_required");

    // The password alone takes nothing off, and neither does a code that was used.
    let spent = code_of(&app, site.now());
    for (proof, code) in [(proof(), "required"), (proof_with("000000"), "wrong"), (proof_with(&spent), "wrong")] {
        let refused = customer.post("/api/auth/totp/removal", &proof).await;
        assert_eq!((refused.status, refused.problem()["errors"][0]["code"].clone()), (422, json!(code)));
    }
    site.clock.advance(TimeDelta::seconds(60));
    let fresh = || proof_with(&code_of(&app, site.now()));
    assert_eq!(customer.post("/api/auth/totp", &fresh()).await.code(), "authenticator_on");
    site.clock.advance(TimeDelta::seconds(30));
    assert_eq!(customer.post("/api/auth/totp/removal", &fresh()).await.status, 204);
    assert_eq!(log_in(anybody, PASSWORD, None).await.status, 200);
    assert_eq!(customer.post("/api/auth/totp/removal", &proof()).await.code(), "authenticator_off");
    assert_eq!(customer.post("/api/auth/totp/recovery-codes", &proof()).await.code(), "authenticator_off");
    site.run_jobs().await;
    assert_eq!((mails(&site, "second_factor_added").await, mails(&site, "second_factor_removed").await), (1, 1));
}

#[tokio::test]
async fn a_recovery_code_opens_once_however_it_is_typed_and_its_owner_hears_of_it() {
    let site = TestSite::new().await;
    let (_, codes) = with_app(&site).await;
    let (customer, anybody) = (&site.cast.customer, &site.cast.anonymous);
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(log_in(anybody, PASSWORD, Some(&typed)).await.status, 200);
    assert_eq!(log_in(anybody, PASSWORD, Some(&codes[0])).await.code(), "bad_second_factor");
    assert_eq!(customer.get("/api/auth/totp").await.json()["recovery_codes_left"], 9);
    site.clock.advance(TimeDelta::seconds(1));
    let refused = customer.post("/api/auth/totp/recovery-codes", &proof()).await;
    assert_eq!(refused.problem()["errors"][0]["field"], "code");
    let renewed = customer.post("/api/auth/totp/recovery-codes", &proof_with(&codes[2])).await;
    assert_eq!(renewed.status, 201);
    assert_eq!(log_in(anybody, PASSWORD, Some(&codes[1])).await.code(), "bad_second_factor", "the old ones are dead");
    site.clock.advance(TimeDelta::seconds(1));
    let fresh = renewed.json()["recovery_codes"][0].as_str().unwrap().to_owned();
    assert_eq!(log_in(anybody, PASSWORD, Some(&fresh)).await.status, 200);
    site.run_jobs().await;
    assert_eq!((mails(&site, "recovery_code_used").await, mails(&site, "recovery_codes_renewed").await), (3, 1));
}

#[tokio::test]
async fn an_app_that_was_begun_too_long_ago_is_begun_anew() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let begun = customer.post("/api/auth/totp", &proof()).await.json();
    site.clock.advance(TimeDelta::minutes(31));
    let customer = &customer.signed_in_anew(&site).await;
    let code = json!({"code": code_of(&phone(begun["secret"].as_str().unwrap()), site.now())});
    assert_eq!(customer.post("/api/auth/totp/confirmation", &code).await.code(), "authenticator_not_begun");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn without_an_app_the_second_factor_is_off() {
    let site = TestSite::new().await;
    let stands = site.cast.customer.get("/api/auth/totp").await.json();
    assert_eq!(stands, json!({"enabled": false, "enabled_at": null, "recovery_codes_left": 0}));
}

#[tokio::test]
async fn only_who_is_verified_sets_an_app_up() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.unverified).await;
    for (path, body) in [("/api/auth/totp", proof()), ("/api/auth/totp/confirmation", json!({"code": "123456"}))] {
        let refused = site.cast.unverified.post(path, &body).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "email_not_verified"), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_password_removes_nothing_and_makes_no_codes() {
    let site = TestSite::new().await;
    let (_, codes) = with_app(&site).await;
    let customer = &site.cast.customer;
    for path in ["/api/auth/totp/removal", "/api/auth/totp/recovery-codes"] {
        let refused = customer.post(path, &json!({"current_password": "not this one"})).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_fields"), "{path}");
        assert_eq!(refused.problem()["errors"][0]["field"], "current_password");
    }
    let stands = customer.get("/api/auth/totp").await.json();
    assert_eq!((&stands["enabled"], &stands["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, Some(&codes[0])).await.status, 200, "the old codes stand");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_app_that_is_on_is_not_confirmed_again() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let code = json!({"code": code_of(&app, site.now())});
    let refused = site.cast.customer.post("/api/auth/totp/confirmation", &code).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "authenticator_on"), "{}", refused.text());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_app_can_be_taken_off_with_a_recovery_code_and_ends_what_was_opened_without_it() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let elsewhere = log_in(&site.cast.anonymous, PASSWORD, None).await.json();
    let elsewhere = site.cast.anonymous.with_tokens(&elsewhere);
    let begun = customer.post("/api/auth/totp", &proof()).await.json();
    let app = phone(begun["secret"].as_str().unwrap());
    assert_eq!(elsewhere.get("/api/me").await.status, 200);
    let confirmed = customer.post("/api/auth/totp/confirmation", &json!({"code": code_of(&app, site.now())})).await;
    assert_eq!(elsewhere.get("/api/me").await.status, 401, "it was opened with the password alone");
    let code = confirmed.json()["recovery_codes"][0].as_str().unwrap().to_owned();
    assert_eq!(code.replace('-', "").len(), 28, "five bits a letter");
    assert_eq!(customer.post("/api/auth/totp/removal", &proof_with(&code)).await.status, 204);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn beginning_anew_makes_the_secret_before_worthless() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let begin = async || customer.post("/api/auth/totp", &proof()).await.json()["secret"].as_str().unwrap().to_owned();
    let (first, second) = (begin().await, begin().await);
    assert_ne!(first, second);
    let confirm = async |secret: &str| {
        customer.post("/api/auth/totp/confirmation", &json!({"code": code_of(&phone(secret), site.now())})).await
    };
    assert_eq!(confirm(&first).await.problem()["errors"][0]["field"], "code");
    assert_eq!(customer.get("/api/auth/totp").await.json()["enabled"], false);
    assert_eq!(confirm(&second).await.status, 200);
    site.run_jobs().await;
}

#[tokio::test]
async fn guesses_at_the_password_and_at_the_code_are_slowed_before_anything_changes() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let customer = &site.cast.customer;
    let removal = "/api/auth/totp/removal";
    let right = || proof_with(&code_of(&app, site.now()));
    for wrong in [json!({"current_password": "not this one"}), proof_with("000000")] {
        for _ in 0..5 {
            assert_eq!(customer.post(removal, &wrong).await.code(), "invalid_fields");
        }
        for path in [removal, "/api/auth/totp/recovery-codes"] {
            let slowed = customer.post(path, &right()).await;
            assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_failures"), "{path}");
            assert_eq!(slowed.header("retry-after"), "1");
        }
        site.clock.advance(TimeDelta::seconds(1));
    }
    let stands = customer.get("/api/auth/totp").await.json();
    assert_eq!((&stands["enabled"], &stands["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(customer.post(removal, &right()).await.status, 204);
    site.run_jobs().await;
}

#[tokio::test]
async fn an_app_is_seen_and_taken_off_by_its_owner_alone() {
    let site = TestSite::new().await;
    with_app(&site).await;
    let (customer, other) = (&site.cast.customer, &site.cast.other_customer);
    give_password(&site, other).await;
    assert_eq!(other.get("/api/auth/totp").await.json()["enabled"], false);
    for path in ["/api/auth/totp/removal", "/api/auth/totp/recovery-codes"] {
        let refused = other.post(path, &proof()).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "authenticator_off"), "{path}");
    }
    let stands = customer.get("/api/auth/totp").await.json();
    assert_eq!((&stands["enabled"], &stands["recovery_codes_left"]), (&json!(true), &json!(10)));
    site.run_jobs().await;
}
