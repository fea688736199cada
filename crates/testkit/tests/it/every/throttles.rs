//! How often one may knock, and what is not counted.

use entry::cookies::DEVICE_COOKIE;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{TestBrowser, TestCaller, TestResponse, TestSite, router};

use crate::steps::newcomer::{EMAIL, PASSWORD, signed_in};
use crate::steps::passwords::give_password;
use crate::steps::statements::Counter;

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

#[tokio::test]
async fn an_account_brings_no_fresh_budget_for_accounts_mails_and_guesses() {
    let site = TestSite::new().await;
    let strict = site.strict_server();
    let here = |caller: &TestCaller| caller.at(&strict).from("192.0.2.1");
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    for turn in 0..3 {
        assert_eq!(register(&here(customer), &format!("new{turn}"), "correct horse battery").await.status, 202);
        let asked = here(customer).post("/api/auth/password/reset", &json!({"email": "x@example.org"})).await;
        assert_eq!(asked.status, 202);
        assert_eq!(here(customer).post("/api/auth/login", &login("wrong horse battery")).await.status, 401);
    }
    for caller in [customer, &site.cast.other_customer, &site.cast.anonymous] {
        let refused = [
            register(&here(caller), "one-more", "correct horse battery").await,
            here(caller).post("/api/auth/password/reset", &json!({"email": "x@example.org"})).await,
            here(caller).post("/api/auth/login", &login("wrong horse battery")).await,
        ];
        assert_eq!(refused.map(|answer| answer.status), [429; 3], "{}", caller.name);
    }
    // The person is counted too, wherever they go.
    let moved = customer.at(&strict).from("203.0.113.9");
    assert_eq!(register(&moved, "elsewhere", "correct horse battery").await.status, 429);
    let fresh = site.cast.other_customer.at(&strict).from("203.0.113.9");
    assert_eq!(register(&fresh, "elsewhere", "correct horse battery").await.status, 202);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn devices_that_were_made_up_are_not_looked_up_without_end() {
    let site = TestSite::new().await;
    let there = site.cast.anonymous.at(&site.strict_server()).from("192.0.2.1");
    for _ in 0..3 {
        assert_eq!(there.post("/api/auth/login", &login("wrong horse battery")).await.status, 401);
    }
    let counter = Counter::start();
    let statements = async |browser: &TestBrowser| {
        counter.take();
        let form = [("email", "ana@example.org"), ("password", "wrong horse battery")];
        assert_eq!(browser.post("/login", "", &form).await.status, 429);
        counter.take()
    };
    let none = statements(&there.browser()).await;
    let made_up = there.browser().with_cookie(DEVICE_COOKIE, "made.1796000000.up");
    assert!(statements(&made_up).await > none, "the account is read");
    let mut tries = 1;
    while statements(&made_up).await > none {
        tries += 1;
        assert!(tries < 1_000, "each reads the account");
    }
    assert!(tries >= 299, "{tries}: a neighbour's tries are enough for a known device");
}

#[tokio::test]
async fn a_known_device_signs_in_where_a_neighbour_has_spent_the_tries_of_the_network() {
    let site = TestSite::new().await;
    let (noor, strict) = (signed_in(&site).await, site.strict_server());
    let there = site.cast.anonymous.at(&strict).from("192.0.2.1");
    for _ in 0..3 {
        assert_eq!(there.post("/api/auth/login", &login("wrong horse battery")).await.status, 401);
    }
    let with = |device: &str| there.browser().with_cookie(DEVICE_COOKIE, device);
    let known = with(&noor.cookie(DEVICE_COOKIE).expect("it was remembered"));
    let enter = async |browser: &TestBrowser, email: &str, password: &str| {
        browser.post("/login", "", &[("email", email), ("password", password)]).await
    };
    assert_eq!(enter(&there.browser(), EMAIL, PASSWORD).await.status, 429);
    // It is one of this account, and of no other.
    for (browser, email) in [(&known, "ana@example.org"), (&with("made.1796000000.up"), EMAIL)] {
        let refused = enter(browser, email, PASSWORD).await;
        assert_eq!((refused.status, refused.header("retry-after").is_empty()), (429, false), "{}", refused.text());
    }
    assert_eq!(enter(&known, EMAIL, PASSWORD).await.status, 303);
    // A known device has a small budget of its own, which tries at the same moment share. One try of it is spent.
    let known = with(&known.cookie(DEVICE_COOKIE).expect("it is remembered anew"));
    let tries = join_all((0..20).map(|_| enter(&known, EMAIL, "wrong horse battery"))).await;
    let looked_at = tries.iter().filter(|answer| answer.text().contains("or the password is not right")).count();
    assert_eq!((looked_at, tries.iter().filter(|answer| answer.status == 429).count()), (2, 18));
}

#[tokio::test]
async fn a_subscriber_with_many_networks_counts_as_one() {
    let site = TestSite::new().await;
    let strict = site.strict_server();
    let guess = async |address: String| {
        let caller = site.cast.anonymous.at(&strict).from(&address);
        caller.post("/api/auth/login", &login("wrong horse battery")).await
    };
    let mut looked_at = 0;
    for network in 0..40 {
        looked_at += usize::from(guess(format!("2001:db8:1:{network:x}::1")).await.status == 401);
    }
    assert_eq!(looked_at, 12, "four times what one connection has");
    let refused = guess("2001:db8:1:ffff::1".to_owned()).await;
    assert_eq!(header(&refused, "ratelimit-policy"), r#""login";q=12;w=60"#);
    assert_eq!(guess("2001:db8:2::1".to_owned()).await.status, 401, "another subscriber is another");

    let mut looked_at = 0;
    for host in 0..40 {
        looked_at += usize::from(guess(format!("192.0.2.{host}")).await.status == 401);
    }
    assert_eq!(looked_at, 30, "ten times what one address has");
}

#[tokio::test]
async fn one_who_guesses_leaves_the_neighbours_their_tries_a_passkey_and_a_mailed_link() {
    let site = TestSite::new().await;
    let strict = site.strict_server();
    let at = |address: &str| site.cast.anonymous.at(&strict).from(address);
    for _ in 0..60 {
        at("192.0.2.1").post("/api/auth/login", &login("wrong horse battery")).await;
    }
    assert_eq!(at("192.0.2.2").post("/api/auth/login", &login("wrong horse battery")).await.status, 401);
    let shown = at("192.0.2.1").post("/api/auth/passkeys/login", &json!({"credential": {}})).await;
    assert_eq!(shown.code(), "bad_passkey", "looked at");
    let link = json!({"token": "made-up", "password": "correct horse battery"});
    let spent = at("192.0.2.1").post("/api/auth/password/reset/confirmation", &link).await;
    assert_eq!(spent.code(), "link_spent", "looked at");
}
