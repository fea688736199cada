//! Whatever is sent, the answer is a code and a sentence, and nothing breaks.

use serde_json::{Value, json};
use testkit::{TestResponse, TestSite};

use crate::steps::journey::{at, book, text};

/// A refusal says what is wrong, in words and for programs.
fn refuses(answer: &TestResponse, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(text(&answer.problem(), "detail").len() > 15, "{}", answer.text());
}

#[tokio::test]
async fn bodies_of_every_wrong_kind_are_named() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let offering = site.cast.star.call.id;
    let brief = "A birthday for my sister.";
    for body in [json!(null), json!([]), json!("text")] {
        refuses(&customer.post("/api/bookings", &body).await, 422, "invalid_body");
    }
    let bodies = [
        ("offering_id", json!({})),
        ("offering_id", json!({"offering_id": 7, "brief": brief})),
        ("offering_id", json!({"offering_id": "not-an-id", "brief": brief})),
        ("brief", json!({"offering_id": offering, "brief": 7})),
        ("starts_at", json!({"offering_id": offering, "brief": brief, "starts_at": "tomorrow"})),
        ("starts_at", json!({"offering_id": offering, "brief": brief, "starts_at": "2026-02-30T10:00:00Z"})),
        ("starts_at", json!({"offering_id": offering, "brief": brief, "starts_at": 1_764_590_400})),
        ("price", json!({"offering_id": offering, "brief": brief, "price": 1})),
        ("time_zone", json!({"offering_id": offering, "brief": brief, "time_zone": ["Europe/Lisbon"]})),
    ];
    for (field, body) in bodies {
        let answer = customer.post("/api/bookings", &body).await;
        refuses_field(&body.to_string(), &answer, 422, "invalid_body", field);
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
        refuses_field(brief, &answer, 422, "invalid_fields", "brief");
        assert_eq!(answer.problem()["errors"][0]["code"], code);
    }
}

/// A refusal that names the one field to correct.
fn refuses_field(asked: &str, answer: &TestResponse, status: u16, code: &str, field: &str) {
    refuses(answer, status, code);
    assert_eq!(answer.problem()["errors"][0]["field"], field, "{asked}: {}", answer.text());
    // The words are ours, not those of a parser.
    assert!(!answer.text().contains("found in string"), "{asked}: {}", answer.text());
}

#[tokio::test]
async fn times_out_of_this_world_are_not_on_offer() {
    let site = TestSite::new().await;
    for time in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "+262142-12-31T23:59:59Z"] {
        let body =
            json!({"offering_id": site.cast.star.call.id, "starts_at": time, "brief": "A birthday for my sister."});
        let answer = site.cast.customer.post("/api/bookings", &body).await;
        refuses_field(time, &answer, 422, "invalid_body", "starts_at");
    }
}

#[tokio::test]
async fn queries_of_every_wrong_kind_are_named() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("status=happy", "status"),
        ("side=both", "side"),
        ("page=2", "page"),
        ("limit=1&limit=2", "limit"),
    ] {
        let answer = cast.customer.get(&format!("/api/bookings?{query}")).await;
        refuses_field(query, &answer, 400, "invalid_query", field);
    }
    for query in ["cursor=%21", "cursor=bm9uc2Vuc2U"] {
        refuses(&cast.customer.get(&format!("/api/bookings?{query}")).await, 422, "bad_cursor");
    }
    for (query, field) in [
        ("available_on=2026-02-30", "available_on"),
        ("min_price=-1&currency=USD", "min_price"),
        ("min_price=1", "currency"),
        ("min_price=200&max_price=100&currency=USD", "max_price"),
        ("facets=maybe", "facets"),
        ("sort=best", "sort"),
        ("min_rating=9", "min_rating"),
        ("limit=-1", "limit"),
    ] {
        let answer = cast.anonymous.get(&format!("/api/celebrities?{query}")).await;
        refuses_field(query, &answer, 400, "invalid_query", field);
    }
    refuses(&cast.anonymous.get("/api/celebrities?cursor=x").await, 422, "bad_cursor");
    refuses(&cast.anonymous.get("/api/celebrities?q=%00").await, 400, "invalid_characters");
    let slots = format!("/api/celebrities/{}/availability?offering_id={}", cast.star.slug, cast.star.call.id);
    for (query, field) in [
        ("&from=2026-12-10&to=2026-12-01", "to"),
        ("&from=2026-12-01&to=2027-12-01", "to"),
        ("&from=x&to=y", "from"),
        ("&from=2026-12-01&to=2026-12-02&tz=Moon", "tz"),
    ] {
        let answer = cast.anonymous.get(&format!("{slots}{query}")).await;
        refuses_field(query, &answer, 400, "invalid_query", field);
    }
}

#[tokio::test]
async fn what_is_too_large_or_not_json_is_not_read() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let huge = json!({"offering_id": site.cast.star.call.id, "brief": "x".repeat(2_000_000)});
    refuses(&customer.post("/api/bookings", &huge).await, 413, "body_too_large");
    let form = customer.call("POST", "/api/bookings", Some(&json!({})), &[("content-type", "text/plain")]).await;
    refuses(&form, 415, "unsupported_media_type");
    let wrong_method = customer.call("PUT", "/api/bookings", None, &[]).await;
    refuses(&wrong_method, 405, "method_not_allowed");
    // A body changes nothing about that.
    let body = json!({"text": "x".repeat(100_000)});
    refuses(&customer.call("PUT", "/api/bookings", Some(&body), &[]).await, 405, "method_not_allowed");
    refuses(&customer.call("TRACE", "/api/me", Some(&body), &[]).await, 405, "method_not_allowed");
    refuses(&customer.call("POST", "/api/nowhere", Some(&body), &[]).await, 404, "not_found");
    let page = customer.call("POST", "/nowhere", Some(&body), &[]).await;
    assert!(page.status == 404 && page.text().contains("There is nothing here."), "{}", page.text());
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
    refuses(&profile, 422, "invalid_body");
    let card = json!({"method": "card", "card": ["4242424242424242"]});
    let path = "/api/bookings/01939e00-0000-7000-8000-000000000000/payments";
    refuses(&customer.post(path, &card).await, 422, "invalid_body");
    let name = |name: &str| json!({"display_name": name});
    let named = customer.call("PATCH", "/api/me", Some(&name("a \\u0000 b")), &[]).await;
    assert_eq!((named.status, named.json()["display_name"].clone()), (200, json!("a \\u0000 b")), "{}", named.text());
    let nul = customer.call("PATCH", "/api/me", Some(&name("a \u{0} b")), &[]).await;
    refuses(&nul, 422, "invalid_characters");
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_refused() {
    let site = TestSite::new().await;
    let answer = site.cast.customer.get("/api/bookings?limit=1&limit=2").await;
    refuses_field("limit", &answer, 400, "invalid_query", "limit");
    let form = "email=one%40example.org&email=two%40example.org&password=a+quiet+corner";
    let page = site.cast.anonymous.browser().post_from("/login", "same-origin", form).await;
    assert!(page.status == 422 && page.text().contains("duplicate field"), "{}", page.text());
}
