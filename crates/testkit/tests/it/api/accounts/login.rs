//! Logging in with a password and a code, and guessing them.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::authenticator::{EMAIL, code_of, log_in, with_app};
use crate::steps::passwords::{PASSWORD, give_password};

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

#[tokio::test]
async fn a_refresh_token_makes_the_next_pair_and_nonsense_does_not() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let anybody = &site.cast.anonymous;
    let first = log_in(anybody, PASSWORD, None).await.json();
    assert_eq!((&first["token_type"], &first["user"]["email"]), (&json!("Bearer"), &json!(EMAIL)));
    let next = anybody.post("/api/auth/refresh", &json!({"refresh_token": first["refresh_token"]})).await;
    assert_eq!(next.status, 200, "{}", next.text());
    assert_ne!(next.json()["refresh_token"], first["refresh_token"]);
    let token = format!("Bearer {}", next.json()["access_token"].as_str().unwrap());
    assert_eq!(anybody.call("GET", "/api/me", None, &[("authorization", &token)]).await.json()["email"], EMAIL);
    let refused = anybody.post("/api/auth/refresh", &json!({"refresh_token": "made-up"})).await;
    assert_eq!(refused.status, 401, "{}", refused.text());
}

#[tokio::test]
async fn a_password_never_lapses() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    site.clock.advance(TimeDelta::days(5 * 365));
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.status, 200);
    site.jobs_may_be_left();
}
