//! How often one may knock, and what is not counted.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite, router};

async fn register(caller: &TestCaller, name: &str, password: &str) -> TestResponse {
    let email = format!("{name}@example.org");
    let body = json!({"email": email, "display_name": name, "password": password, "time_zone": "Europe/Lisbon"});
    caller.post("/api/auth/register", &body).await
}

fn login(password: &str) -> Value {
    json!({"email": "ana@example.org", "password": password})
}

fn header<'answer>(answer: &'answer TestResponse, name: &str) -> &'answer str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn wrong_passwords_are_counted_and_right_ones_are_not() {
    let site = TestSite::new().await;
    let caller = site.cast.anonymous.at(&router(&site.site, 1));
    assert_eq!(register(&caller, "ana", "correct horse battery").await.status, 202);
    for _ in 0..5 {
        assert_eq!(caller.post("/api/auth/login", &login("correct horse battery")).await.status, 200);
    }
    for _ in 0..3 {
        assert_eq!(caller.post("/api/auth/login", &login("wrong horse battery")).await.status, 401);
    }
    let refused = caller.post("/api/auth/login", &login("correct horse battery")).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_requests"));
    assert_eq!(header(&refused, "ratelimit-policy"), r#""login";q=3;w=60"#);
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(header(&refused, "ratelimit"), format!(r#""login";r=0;t={wait}"#));
    site.clock.advance(chrono::TimeDelta::seconds(41));
    assert_eq!(caller.post("/api/auth/login", &login("correct horse battery")).await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn accounts_are_counted_and_typing_errors_are_not() {
    let site = TestSite::new().await;
    let caller = site.cast.anonymous.at(&router(&site.site, 1));
    for _ in 0..5 {
        assert_eq!(register(&caller, "ana", "short").await.status, 422);
    }
    for name in ["ana", "bo", "cleo"] {
        assert_eq!(register(&caller, name, "correct horse battery").await.status, 202);
    }
    assert_eq!(register(&caller, "dora", "correct horse battery").await.status, 429);
    site.jobs_may_be_left();
}
