//! Making an account.

use serde_json::{Value, json};
use testkit::TestSite;

fn wish(email: &str, password: &str) -> Value {
    json!({"email": email, "display_name": "Noor", "password": password, "time_zone": "Europe/Berlin"})
}

#[tokio::test]
async fn the_answer_does_not_tell_who_had_an_account() {
    let site = TestSite::new().await;
    let anybody = &site.cast.anonymous;
    let new = anybody.post("/api/auth/register", &wish("noor@example.test", "a quiet corner and a chair")).await;
    let known = anybody.post("/api/auth/register", &wish("customer@example.org", "a quiet corner and a chair")).await;
    assert_eq!((new.status, known.status), (202, 202), "{}", known.text());
    assert_eq!(new.json(), known.json());
    site.run_jobs().await;
    let mailed: Vec<(String, String)> =
        sqlx::query_as("SELECT to_address, template FROM mails ORDER BY to_address DESC")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
    let mailed: Vec<(&str, &str)> = mailed.iter().map(|(to, template)| (to.as_str(), template.as_str())).collect();
    assert_eq!(mailed, [("noor@example.test", "verify_address"), ("customer@example.org", "already_registered")]);
}

#[tokio::test]
async fn nobody_goes_by_a_name_of_the_house() {
    let site = TestSite::new().await;
    let mut asked = wish("noor@example.test", "a quiet corner and a chair");
    for name in ["Stagedoor Support", "ѕtаgеdооr", "Admin"] {
        asked["display_name"] = json!(name);
        let refused = site.cast.anonymous.post("/api/auth/register", &asked).await;
        let fault = refused.problem()["errors"][0].clone();
        assert_eq!(
            (refused.status, &fault["field"], &fault["code"]),
            (422, &json!("display_name"), &json!("reserved"))
        );
        assert!(fault["message"].as_str().unwrap().contains("Use your own name"), "{fault}");
    }
}

#[tokio::test]
async fn every_field_that_does_not_fit_is_named() {
    let site = TestSite::new().await;
    let refused = site.cast.anonymous.post("/api/auth/register", &wish("noor@", "short")).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_fields"));
    let fields: Vec<Value> =
        refused.problem()["errors"].as_array().unwrap().iter().map(|fault| fault["field"].clone()).collect();
    assert!(fields.contains(&json!("email")) && fields.contains(&json!("password")), "{fields:?}");
}
