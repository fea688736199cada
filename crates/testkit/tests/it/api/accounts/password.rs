//! A new password, and what it leaves as it was.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::authenticator::{EMAIL, code_of, log_in, mails, with_app};
use crate::steps::newcomer::mailed_token;
use crate::steps::passkeys;
use crate::steps::passwords::{PASSWORD, give_password};
use crate::steps::statements::Counter;

#[tokio::test]
async fn a_mailed_password_gives_no_fresh_guesses() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let (anybody, pool) = (&site.cast.anonymous, site.test_database().database.pool());
    assert_eq!(log_in(anybody, PASSWORD, Some("000000")).await.code(), "bad_second_factor");
    sqlx::query("UPDATE login_failures SET failures = 100").execute(pool).await.unwrap();
    let reset = anybody.post("/api/auth/password/reset", &json!({"email": EMAIL})).await;
    assert_eq!(reset.status, 202, "{}", reset.text());
    let link = mailed_token(&site, "reset_password").await;
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
    let (app, _) = with_app(&site).await;
    let mut change = json!({"current_password": PASSWORD, "new_password": "another lamp, another door"});
    let refused = site.cast.customer.post("/api/auth/password", &change).await;
    assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!("code")));
    change["code"] = json!(code_of(&app, site.now()));
    assert_eq!(site.cast.customer.post("/api/auth/password", &change).await.status, 200);
    let answer = log_in(&site.cast.anonymous, "another lamp, another door", None).await;
    assert_eq!(answer.code(), "second_factor_required");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_new_password_ends_no_passkey_and_its_mail_says_so() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let (_, mut device) = passkeys::add(customer, "Phone", 1).await;
    let change = json!({"current_password": PASSWORD, "new_password": "a quite different phrase"});
    assert_eq!(customer.post("/api/auth/password", &change).await.status, 200);
    assert_eq!(passkeys::log_in(&site, &device.show(&passkeys::question(&site).await)).await.status, 200);
    let text: String = sqlx::query_scalar("SELECT body_text FROM mails WHERE template = 'password_changed'")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("there is one");
    assert!(text.contains("Your passkeys go on opening your account") && text.contains("/account/passkeys"), "{text}");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_old_password_and_a_weak_new_one_change_nothing() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    for (field, current, new) in [
        ("current_password", "not this one", "another lamp, another door"),
        ("new_password", PASSWORD, "short"),
        ("new_password", PASSWORD, "password1234"),
    ] {
        let wish = json!({"current_password": current, "new_password": new});
        let refused = customer.post("/api/auth/password", &wish).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_fields"), "{new}");
        assert_eq!(refused.problem()["errors"][0]["field"], field, "{new}");
    }
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.status, 200, "the old one stands");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_change_of_password_replaces_the_tokens_and_ends_every_other_session() {
    let site = TestSite::new().await;
    let (customer, anybody) = (&site.cast.customer, &site.cast.anonymous);
    give_password(&site, customer).await;
    let here = log_in(anybody, PASSWORD, None).await.json();
    let caller = anybody.with_tokens(&here);
    let change = json!({"current_password": PASSWORD, "new_password": "another lamp, another door"});
    let changed = caller.post("/api/auth/password", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    for ended in [&caller, customer] {
        assert_eq!(ended.get("/api/me").await.status, 401);
    }
    let old = anybody.post("/api/auth/refresh", &json!({"refresh_token": here["refresh_token"]})).await;
    assert_eq!(old.code(), "refresh_spent");
    let tokens = &changed.json()["tokens"];
    let me = anybody.with_tokens(tokens).get("/api/me").await.json();
    assert_eq!((&me["email"], &tokens["user"]["email"]), (&json!(EMAIL), &json!(EMAIL)));
    let next = anybody.post("/api/auth/refresh", &json!({"refresh_token": tokens["refresh_token"]})).await;
    assert_eq!(next.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_made_up_link_sets_no_password() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let wish = json!({"token": "made-up", "password": "another lamp, another door"});
    let refused = site.cast.anonymous.post("/api/auth/password/reset/confirmation", &wish).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "link_spent"), "{}", refused.text());
    assert_eq!(log_in(&site.cast.anonymous, PASSWORD, None).await.status, 200);
}

#[tokio::test]
async fn whether_an_address_has_an_account_costs_the_answer_no_statement() {
    let site = TestSite::new().await;
    let ask = async |email: &str| {
        let counter = Counter::start();
        let asked = site.cast.anonymous.post("/api/auth/password/reset", &json!({"email": email})).await;
        assert_eq!(asked.status, 202, "{}", asked.text());
        counter.take()
    };
    ask("warm@example.org").await;
    let (known, unknown) = (ask(EMAIL).await, ask("nobody@example.org").await);
    assert_eq!(known, unknown);
    assert_eq!(mails(&site, "reset_password").await, 0, "a job looks it up");
    site.run_jobs().await;
    assert_eq!(mails(&site, "reset_password").await, 1);
}
