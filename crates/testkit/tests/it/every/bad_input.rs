//! Whatever is sent, the answer is a code and a sentence, and nothing breaks.

use serde_json::{Value, json};
use testkit::{TestResponse, TestSite};

use crate::steps::journey::{at, book, text};

/// A refusal says what is wrong, in words and for programs.
fn refuses(answer: &TestResponse, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(text(&answer.json(), "detail").len() > 15, "{}", answer.text());
}

#[tokio::test]
async fn bodies_of_every_wrong_kind_are_named() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let offering = site.cast.star.call.id;
    let brief = "A birthday for my sister.";
    let bodies = [
        json!(null),
        json!([]),
        json!("text"),
        json!({}),
        json!({"offering_id": 7, "brief": brief}),
        json!({"offering_id": "not-an-id", "brief": brief}),
        json!({"offering_id": offering, "brief": 7}),
        json!({"offering_id": offering, "brief": brief, "starts_at": "tomorrow"}),
        json!({"offering_id": offering, "brief": brief, "starts_at": "2026-02-30T10:00:00Z"}),
        json!({"offering_id": offering, "brief": brief, "starts_at": 1_764_590_400}),
        json!({"offering_id": offering, "brief": brief, "price": 1}),
        json!({"offering_id": offering, "brief": brief, "time_zone": ["Europe/Lisbon"]}),
    ];
    for body in bodies {
        let answer = customer.post("/api/bookings", &body).await;
        refuses(&answer, 422, "invalid_body");
    }
    let briefs = [
        ("", "too_short"),
        ("         ", "too_short"),
        (&*"\u{200b}".repeat(20), "too_short"),
        (&*"x".repeat(2_001), "too_long"),
        ("A birthday \u{7} for my sister.", "invalid"),
    ];
    for (brief, code) in briefs {
        let body = json!({"offering_id": offering, "starts_at": at(&site, 5, 10), "brief": brief});
        let answer = customer.post("/api/bookings", &body).await;
        refuses(&answer, 422, "invalid_fields");
        assert_eq!(answer.json()["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn times_out_of_this_world_are_not_on_offer() {
    let site = TestSite::new().await;
    for time in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "+262142-12-31T23:59:59Z"] {
        let body =
            json!({"offering_id": site.cast.star.call.id, "starts_at": time, "brief": "A birthday for my sister."});
        let answer = site.cast.customer.post("/api/bookings", &body).await;
        assert!((400..500).contains(&answer.status), "{time}: {}", answer.text());
    }
}

#[tokio::test]
async fn queries_of_every_wrong_kind_are_named() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    for query in [
        "limit=0",
        "limit=101",
        "limit=many",
        "cursor=%21",
        "cursor=bm9uc2Vuc2U",
        "status=happy",
        "side=both",
        "page=2",
    ] {
        let answer = cast.customer.get(&format!("/api/bookings?{query}")).await;
        assert!([400, 422].contains(&answer.status), "{query}: {}", answer.text());
        assert!(!answer.code().is_empty(), "{query}");
    }
    for query in [
        "available_on=2026-02-30",
        "min_price=-1&currency=USD",
        "min_price=1",
        "min_price=200&max_price=100&currency=USD",
        "facets=maybe",
        "sort=best",
        "min_rating=9",
        "cursor=x",
        "limit=-1",
        "q=%00",
    ] {
        let answer = cast.anonymous.get(&format!("/api/celebrities?{query}")).await;
        assert!([400, 422].contains(&answer.status), "{query}: {}", answer.text());
        assert!(
            answer.json()["errors"][0]["field"].is_string() || ["cursor=x", "q=%00"].contains(&query),
            "{query}: {}",
            answer.text()
        );
        assert!(!answer.text().contains("found in string"), "{query}: {}", answer.text());
    }
    let slots = format!("/api/celebrities/{}/availability?offering_id={}", cast.star.slug, cast.star.call.id);
    for query in [
        "&from=2026-12-10&to=2026-12-01",
        "&from=2026-12-01&to=2027-12-01",
        "&from=x&to=y",
        "&from=2026-12-01&to=2026-12-02&tz=Moon",
    ] {
        let answer = cast.anonymous.get(&format!("{slots}{query}")).await;
        assert!([400, 422].contains(&answer.status), "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_too_large_or_not_json_is_not_read() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let huge = json!({"offering_id": site.cast.star.call.id, "brief": "x".repeat(2_000_000)});
    refuses(&customer.post("/api/bookings", &huge).await, 413, "body_too_large");
    let form = customer.call("POST", "/api/bookings", Some(&json!({})), &[("content-type", "text/plain")]).await;
    assert_eq!(form.status, 415, "{}", form.text());
    let wrong_method = customer.call("PUT", "/api/bookings", None, &[]).await;
    assert_eq!(wrong_method.status, 405, "{}", wrong_method.text());
    // A body changes nothing about that.
    let body = json!({"text": "x".repeat(100_000)});
    for (method, path, status) in [
        ("PUT", "/api/bookings", 405),
        ("TRACE", "/api/me", 405),
        ("POST", "/api/nowhere", 404),
        ("POST", "/nowhere", 404),
    ] {
        let answer = site.cast.customer.call(method, path, Some(&body), &[]).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    let nowhere = customer.get("/api/nothing/here").await;
    refuses(&nowhere, 404, "not_found");
    // What no entry answers to is looked at like the rest, or the log would not tell of it.
    assert!(!nowhere.header("x-request-id").is_empty() && !wrong_method.header("x-request-id").is_empty());
}

#[tokio::test]
async fn an_object_of_somebody_else_in_a_body_or_path_is_a_missing_one() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let path = format!("/api/bookings/{}/payments", text(&booking, "id"));
    let card = json!({"method": "card", "card": {"number": "4242424242424242"}});
    refuses(&cast.other_customer.post(&path, &card).await, 404, "not_found");
    for body in [
        json!({"method": "cash"}),
        json!({"method": "card"}),
        json!({"method": "card", "card": {"number": 42}}),
        json!({"method": "card", "card": {"number": "4242424242424242", "cvc": "123"}}),
        Value::Null,
    ] {
        refuses(&cast.customer.post(&path, &body).await, 422, "invalid_body");
    }
    refuses(&cast.customer.get("/api/bookings/not-an-id").await, 404, "not_found");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn an_array_is_no_object_and_an_escaped_backslash_no_nul() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let profile = customer.call("PATCH", "/api/me", Some(&json!([null, null, null])), &[]).await;
    assert_eq!((profile.status, profile.code()), (422, "invalid_body".to_owned()));
    let card = json!({"method": "card", "card": ["4242424242424242"]});
    let path = "/api/bookings/01939e00-0000-7000-8000-000000000000/payments";
    assert_eq!(customer.post(path, &card).await.code(), "invalid_body");
    let name = |name: &str| json!({"display_name": name});
    let named = customer.call("PATCH", "/api/me", Some(&name("a \\u0000 b")), &[]).await;
    assert_eq!((named.status, named.json()["display_name"].clone()), (200, json!("a \\u0000 b")), "{}", named.text());
    let nul = customer.call("PATCH", "/api/me", Some(&name("a \u{0} b")), &[]).await;
    assert_eq!(nul.code(), "invalid_characters");
}
