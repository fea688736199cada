//! The second factor: set up, asked at the door, lost, guessed.

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};
use totp_rs::{Builder, Secret, Totp};

use crate::api_keys::{PASSWORD, give_password};

const EMAIL: &str = "customer@example.org";

/// A phone with an app that was told `secret`.
fn phone(secret: &str) -> Totp {
    Builder::new().with_secret(Secret::try_from_base32(secret).expect("base32")).build().expect("an app")
}

fn code_of(app: &Totp, now: Instant) -> String {
    app.generate(now.timestamp().unsigned_abs()).to_string()
}

fn proof() -> Value {
    json!({"current_password": PASSWORD})
}

/// The customer has a password and an app that is on; answers the app and the recovery codes.
async fn with_app(site: &TestSite) -> (Totp, Vec<String>) {
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

async fn log_in(caller: &TestCaller, password: &str, code: Option<&str>) -> TestResponse {
    let mut body = json!({"email": EMAIL, "password": password});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    caller.post("/api/auth/login", &body).await
}

async fn mails(site: &TestSite, template: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM mails WHERE template = $1")
        .bind(template)
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("reads")
}

#[tokio::test]
async fn an_app_counts_from_its_first_right_code_until_it_is_taken_off() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let anybody = &site.cast.anonymous;
    give_password(&site, customer).await;
    let refused = customer.post("/api/auth/totp", &json!({"current_password": "not this one"})).await;
    assert_eq!(refused.json()["errors"][0]["field"], "current_password");
    assert_eq!(
        customer.post("/api/auth/totp/confirmation", &json!({"code": "123456"})).await.code(),
        "authenticator_not_begun"
    );
    let begun = customer.post("/api/auth/totp", &proof()).await.json();
    assert!(begun["uri"].as_str().unwrap().contains(begun["secret"].as_str().unwrap()));
    assert_eq!(log_in(anybody, PASSWORD, None).await.status, 200, "not asked before it is confirmed");
    for code in ["000000", "", "not a code", &"9".repeat(10_000)] {
        let wrong = customer.post("/api/auth/totp/confirmation", &json!({"code": code})).await;
        assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].clone()), (422, json!("code")), "{code:.20}");
    }
    let app = phone(begun["secret"].as_str().unwrap());
    let confirmed = customer.post("/api/auth/totp/confirmation", &json!({"code": code_of(&app, site.now())})).await;
    assert_eq!(confirmed.json()["recovery_codes"].as_array().unwrap().len(), 10);
    let stands = customer.get("/api/auth/totp").await.json();
    assert_eq!((stands["enabled"].clone(), stands["recovery_codes_left"].clone()), (json!(true), json!(10)));
    assert_eq!(customer.post("/api/auth/totp", &proof()).await.code(), "authenticator_on");
    assert_eq!(log_in(anybody, PASSWORD, None).await.code(), "second_factor_required");

    assert_eq!(customer.post("/api/auth/totp/removal", &proof()).await.status, 204);
    assert_eq!(log_in(anybody, PASSWORD, None).await.status, 200);
    assert_eq!(customer.post("/api/auth/totp/removal", &proof()).await.code(), "authenticator_off");
    assert_eq!(customer.post("/api/auth/totp/recovery-codes", &proof()).await.code(), "authenticator_off");
    site.run_jobs().await;
    assert_eq!((mails(&site, "second_factor_added").await, mails(&site, "second_factor_removed").await), (1, 1));
}

#[tokio::test]
async fn a_code_opens_once_and_nothing_is_told_before_the_password_is_right() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let anybody = &site.cast.anonymous;
    let code = code_of(&app, site.now());
    assert_eq!(log_in(anybody, "wrong horse battery", Some(&code)).await.code(), "bad_credentials");
    assert_eq!(log_in(anybody, PASSWORD, Some("000000")).await.code(), "bad_second_factor");
    assert_eq!(log_in(anybody, PASSWORD, Some(&code)).await.status, 200);
    assert_eq!(log_in(anybody, PASSWORD, Some(&code)).await.code(), "bad_second_factor", "spent");
    site.clock.advance(TimeDelta::seconds(30));
    let spaced = code_of(&app, site.now()).chars().map(|digit| format!("{digit} ")).collect::<String>();
    assert_eq!(log_in(anybody, PASSWORD, Some(&spaced)).await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn of_twenty_with_the_same_code_one_comes_in() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let code = code_of(&app, site.now());
    // Wrong ones slow the account down after five, so that some are told to wait instead.
    let answers = futures::future::join_all((0..20).map(|_| log_in(&site.cast.anonymous, PASSWORD, Some(&code)))).await;
    let came_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(came_in, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| [200, 401, 429].contains(&answer.status)));
    site.jobs_may_be_left();
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
    let renewed = customer.post("/api/auth/totp/recovery-codes", &proof()).await;
    assert_eq!(renewed.status, 201);
    assert_eq!(log_in(anybody, PASSWORD, Some(&codes[1])).await.code(), "bad_second_factor", "the old ones are dead");
    site.clock.advance(TimeDelta::seconds(1));
    let fresh = renewed.json()["recovery_codes"][0].as_str().unwrap().to_owned();
    assert_eq!(log_in(anybody, PASSWORD, Some(&fresh)).await.status, 200);
    site.run_jobs().await;
    assert_eq!((mails(&site, "recovery_code_used").await, mails(&site, "recovery_codes_renewed").await), (2, 1));
}

#[tokio::test]
async fn whoever_knows_the_password_cannot_guess_codes_for_long() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let anybody = &site.cast.anonymous;
    for _ in 0..5 {
        // The right password between two guesses does not begin the count anew.
        assert_eq!(log_in(anybody, PASSWORD, None).await.code(), "second_factor_required");
        assert_eq!(log_in(anybody, PASSWORD, Some("000000")).await.code(), "bad_second_factor");
    }
    assert_eq!(log_in(anybody, PASSWORD, Some(&code_of(&app, site.now()))).await.code(), "too_many_failures");
    site.clock.advance(TimeDelta::seconds(30));
    assert_eq!(log_in(anybody, PASSWORD, Some(&code_of(&app, site.now()))).await.status, 200);
    assert_eq!(log_in(anybody, PASSWORD, None).await.code(), "second_factor_required", "the count is cleared");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_mailed_password_gives_no_fresh_guesses() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let (anybody, pool) = (&site.cast.anonymous, site.test_database().database.pool());
    assert_eq!(log_in(anybody, PASSWORD, Some("000000")).await.code(), "bad_second_factor");
    sqlx::query("UPDATE login_failures SET failures = 100").execute(pool).await.unwrap();
    let reset = anybody.post("/api/auth/password/reset", &json!({"email": EMAIL})).await;
    assert_eq!(reset.status, 202, "{}", reset.text());
    let link: String = sqlx::query_scalar(
        "SELECT substring(body_text from 'token=([^\\s]+)') FROM mails WHERE template = 'reset_password'",
    )
    .fetch_one(pool)
    .await
    .expect("a mail");
    let new = "another lamp, another door";
    let set = anybody.post("/api/auth/password/reset/confirmation", &json!({"token": link, "password": new})).await;
    assert!(set.status < 300, "{}", set.text());
    let code = || code_of(&app, site.now());
    let slowed = log_in(anybody, new, Some(&code())).await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_failures"), "{}", slowed.text());
    site.clock.advance(TimeDelta::days(1));
    assert_eq!(log_in(anybody, new, Some(&code())).await.status, 200, "one guess a day is left");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_new_password_keeps_the_app() {
    let site = TestSite::new().await;
    with_app(&site).await;
    let change = json!({"current_password": PASSWORD, "new_password": "another lamp, another door"});
    assert_eq!(site.cast.customer.post("/api/auth/password", &change).await.status, 200);
    let answer = log_in(&site.cast.anonymous, "another lamp, another door", None).await;
    assert_eq!(answer.code(), "second_factor_required");
    site.jobs_may_be_left();
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
async fn a_burst_of_guesses_is_counted_one_by_one() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let guesses = (0..30).map(|_| log_in(&site.cast.anonymous, PASSWORD, Some("000000")));
    let answers = futures::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.code() == "bad_second_factor").count();
    assert_eq!(looked_at, 5, "the others are told to wait");
    assert_eq!(
        log_in(&site.cast.anonymous, PASSWORD, Some(&code_of(&app, site.now()))).await.code(),
        "too_many_failures"
    );
    site.jobs_may_be_left();
}
