//! Calendars elsewhere: what is busy there is not on offer here, and nothing is freed by mistake.

use chrono::TimeDelta;
use kernel::Scope;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::elsewhere::{Elsewhere, add, look, read_now};
use crate::steps::journey::{ask_for, at, book};
use crate::steps::keys::make;
use crate::steps::passwords::give_password;

#[tokio::test]
async fn what_is_busy_elsewhere_is_not_on_offer() {
    let site = TestSite::new().await;
    let (star, customer, elsewhere) = (&site.cast.star, &site.cast.customer, Elsewhere::open());
    let (busy, free) = (at(&site, 5, 10), at(&site, 5, 12));
    elsewhere.keeps(&[busy]);
    assert!(site.is_free(star, busy).await);
    let feed = add(&site, &elsewhere).await;
    assert_eq!((&feed["host"], &feed["address"]), (&json!(elsewhere.address.split('/').nth(2)), &Value::Null));
    let seen = look(&site.cast.agent).await;
    assert_eq!((&seen["busy_count"], &seen["trouble"]), (&json!(1), &Value::Null), "{seen}");
    assert!(!site.is_free(star, busy).await && !site.is_free(star, busy + TimeDelta::minutes(30)).await);
    assert!(site.is_free(star, free).await);

    // Whoever asks for it all the same is refused, with free times around it.
    site.clock.advance(TimeDelta::seconds(3));
    let refused = ask_for(customer, star, busy, "busy").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "slot_not_offered"), "{}", refused.text());
    assert!(!refused.problem()["alternatives"].as_array().expect("a list").is_empty());
    book(customer, star, free).await;
    // The public feed tells that time is taken, and not why.
    let public = site.cast.anonymous.get(&format!("/api/celebrities/{}/calendar.ics", star.slug)).await.text();
    assert!(public.contains(&format!("taken-{}", busy.timestamp())) && !public.contains("Dentist"));

    let path = format!("/api/calendars/{}", feed["id"].as_str().expect("an id"));
    assert_eq!(site.cast.celebrity.call("DELETE", &path, None, &[]).await.status, 204);
    assert!(site.is_free(star, busy).await, "a calendar that is gone keeps nothing busy");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_fails_or_empties_frees_nothing() {
    let site = TestSite::new().await;
    let (star, elsewhere) = (&site.cast.star, Elsewhere::open());
    let busy = at(&site, 5, 10);
    elsewhere.keeps(&[busy]);
    let feed = add(&site, &elsewhere).await;
    for (status, text, trouble) in [
        (500, "", "refused"),
        (404, "", "refused"),
        (200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "unreachable"),
        (200, "<!doctype html><title>Sign in</title>", "not_a_calendar"),
        (200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "emptied"),
    ] {
        elsewhere.says(status, text);
        read_now(&site, &feed, &json!({})).await;
        let seen = look(&site.cast.celebrity).await;
        assert_eq!((&seen["trouble"], &seen["busy_count"]), (&json!(trouble), &json!(1)));
        assert!(!site.is_free(star, busy).await, "{trouble}");
    }
    elsewhere.says(304, "");
    read_now(&site, &feed, &json!({})).await;
    assert_eq!(look(&site.cast.celebrity).await["trouble"], Value::Null, "it is as it was when it was read");
    elsewhere.keeps(&[]);
    read_now(&site, &feed, &json!({"may_be_empty": true})).await;
    let seen = look(&site.cast.celebrity).await;
    assert_eq!((&seen["trouble"], &seen["busy_count"]), (&Value::Null, &json!(0)));
    assert!(site.is_free(star, busy).await);
    // That word was for once: the next time it empties, it is asked again.
    elsewhere.keeps(&[busy]);
    read_now(&site, &feed, &json!({})).await;
    elsewhere.keeps(&[]);
    read_now(&site, &feed, &json!({})).await;
    assert_eq!(look(&site.cast.celebrity).await["trouble"], "emptied");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_is_cut_off_takes_nothing_away() {
    let site = TestSite::new().await;
    let (star, elsewhere) = (&site.cast.star, Elsewhere::open());
    let (first, second) = (at(&site, 5, 10), at(&site, 7, 10));
    let event = |busy: kernel::Instant| {
        let stamp = busy.format("%Y%m%dT%H%M%SZ");
        format!("BEGIN:VEVENT\r\nUID:{stamp}\r\nDTSTART:{stamp}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n")
    };
    let (half, rest) = (format!("BEGIN:VCALENDAR\r\n{}", event(first)), format!("{}END:VCALENDAR\r\n", event(second)));
    let seen = async |trouble: Value, busy_count: i32| {
        let seen = look(&site.cast.agent).await;
        assert_eq!((&seen["trouble"], &seen["busy_count"]), (&trouble, &json!(busy_count)), "{seen}");
    };
    // As long as nothing else is known, what there is of it counts.
    elsewhere.says(200, &half);
    let feed = add(&site, &elsewhere).await;
    seen(json!("unreachable"), 1).await;
    elsewhere.says(200, &format!("{half}{rest}"));
    read_now(&site, &feed, &json!({})).await;
    seen(Value::Null, 2).await;
    elsewhere.says(200, &half);
    read_now(&site, &feed, &json!({})).await;
    seen(json!("unreachable"), 2).await;
    assert!(!site.is_free(star, first).await && !site.is_free(star, second).await);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_was_never_read_cannot_be_unchanged() {
    let site = TestSite::new().await;
    let elsewhere = Elsewhere::open();
    elsewhere.says(304, "");
    add(&site, &elsewhere).await;
    let seen = look(&site.cast.agent).await;
    assert_eq!((&seen["trouble"], &seen["read_at"]), (&json!("refused"), &Value::Null), "{seen}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_events_that_were_given_out_for_the_profile_are_left_out() {
    let site = TestSite::new().await;
    let (cast, elsewhere) = (&site.cast, Elsewhere::open());
    let of_star = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let of_other = book(&cast.customer, &cast.other_star, at(&site, 5, 12)).await;
    let (left_out, elsewhere_booked, made_up) = (at(&site, 6, 10), at(&site, 7, 10), at(&site, 8, 10));
    for time in [left_out, elsewhere_booked, made_up] {
        assert!(site.is_free(&cast.star, time).await);
    }
    let event = |id: &str, busy: kernel::Instant| {
        let stamp = busy.format("%Y%m%dT%H%M%SZ");
        format!("BEGIN:VEVENT\r\nUID:{id}@stagedoor\r\nDTSTART:{stamp}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n")
    };
    let events = [
        event(of_star["id"].as_str().expect("an id"), left_out),
        event(of_other["id"].as_str().expect("an id"), elsewhere_booked),
        event("anything", made_up),
    ];
    elsewhere.says(200, &format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.concat()));
    add(&site, &elsewhere).await;
    assert!(site.is_free(&cast.star, left_out).await);
    assert!(!site.is_free(&cast.star, elsewhere_booked).await, "what the star's people booked with others keeps busy");
    assert!(!site.is_free(&cast.star, made_up).await, "it only looks like one of ours");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn calendars_are_added_by_those_who_look_after_the_profile() {
    let site = TestSite::new().await;
    let (cast, elsewhere) = (&site.cast, Elsewhere::open());
    let wish = |name: &str, address: &str| json!({"celebrity_id": cast.star.id, "name": name, "address": address});
    for caller in [&cast.customer, &cast.other_celebrity, &cast.other_agent, &cast.support] {
        let answer = caller.post("/api/calendars", &wish("Family", &elsewhere.address)).await;
        assert_eq!(answer.status, 404, "{}: {}", caller.name, answer.text());
        assert_eq!(caller.get("/api/calendars").await.json()["items"], json!([]));
    }
    for (name, address, field) in [
        (" ", elsewhere.address.as_str(), "name"),
        ("Family", "file:///etc/passwd", "address"),
        ("Family", "x", "address"),
    ] {
        let answer = cast.agent.post("/api/calendars", &wish(name, address)).await;
        assert_eq!((answer.status, &answer.problem()["errors"][0]["field"]), (422, &json!(field)), "{}", answer.text());
    }
    assert_eq!(cast.agent.post("/api/calendars", &wish("Family", &elsewhere.address)).await.status, 201);
    assert_eq!(cast.celebrity.post("/api/calendars", &wish("Work", &elsewhere.address)).await.code(), "calendar_known");
    for turn in 2..=10 {
        let address = format!("{}?{turn}", elsewhere.address);
        assert_eq!(cast.celebrity.post("/api/calendars", &wish("Family", &address)).await.status, 201);
    }
    let more = format!("{}?11", elsewhere.address);
    assert_eq!(cast.celebrity.post("/api/calendars", &wish("Family", &more)).await.code(), "too_many_calendars");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_key_manages_calendars_with_the_scopes_for_it() {
    let site = TestSite::new().await;
    let (celebrity, elsewhere) = (&site.cast.celebrity, Elsewhere::open());
    elsewhere.keeps(&[at(&site, 5, 10)]);
    give_password(&site, celebrity).await;
    let reads = make(celebrity, "Reads", &[Scope::CalendarsRead]).await;
    let writes = make(celebrity, "Writes", &[Scope::CalendarsRead, Scope::CalendarsWrite]).await;
    let send = async |key: &Value, method: &str, path: &str, body: Option<Value>| {
        let header = format!("Bearer {}", key["key"].as_str().expect("a key"));
        celebrity.call(method, path, body.as_ref(), &[("authorization", &header)]).await
    };
    let wish = json!({"celebrity_id": site.cast.star.id, "name": "Family", "address": elsewhere.address});
    let refused = send(&reads, "POST", "/api/calendars", Some(wish.clone())).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "scope_required"));
    let added = send(&writes, "POST", "/api/calendars", Some(wish)).await;
    assert_eq!(added.status, 201, "{}", added.text());
    let path = format!("/api/calendars/{}", added.json()["id"].as_str().expect("an id"));
    assert_eq!(send(&reads, "GET", "/api/calendars", None).await.json()["items"][0]["name"], "Family");
    let reading = format!("{path}/reading");
    assert_eq!(send(&reads, "POST", &reading, Some(json!({}))).await.code(), "scope_required");
    assert_eq!(send(&writes, "POST", &reading, Some(json!({}))).await.status, 202);
    assert_eq!(send(&reads, "DELETE", &path, None).await.code(), "scope_required");
    assert_eq!(send(&writes, "DELETE", &path, None).await.status, 204);
    assert_eq!(celebrity.get("/api/calendars").await.json()["items"], json!([]));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_is_gone_is_neither_read_nor_removed_again() {
    let site = TestSite::new().await;
    let (celebrity, elsewhere) = (&site.cast.celebrity, Elsewhere::open());
    let feed = add(&site, &elsewhere).await;
    let path = format!("/api/calendars/{}", feed["id"].as_str().expect("an id"));
    assert_eq!(celebrity.call("DELETE", &path, None, &[]).await.status, 204);
    for (method, path, body) in
        [("DELETE", path.clone(), None), ("POST", format!("{path}/reading"), Some(json!({"may_be_empty": false})))]
    {
        let answer = celebrity.call(method, &path, body.as_ref(), &[]).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{method}");
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_reading_takes_nothing_but_what_it_knows() {
    let site = TestSite::new().await;
    let feed = add(&site, &Elsewhere::open()).await;
    let path = format!("/api/calendars/{}/reading", feed["id"].as_str().expect("an id"));
    for (field, body) in [("may_be_empty", json!({"may_be_empty": "yes"})), ("force", json!({"force": true}))] {
        let answer = site.cast.celebrity.post(&path, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_body"), "{body}");
        assert_eq!(answer.problem()["errors"][0]["field"], field);
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_list_has_the_calendars_of_every_profile_that_one_looks_after_and_of_no_other() {
    let site = TestSite::new().await;
    let (cast, elsewhere) = (&site.cast, Elsewhere::open());
    for (caller, star, name) in
        [(&cast.celebrity, &cast.star, "Ours"), (&cast.other_celebrity, &cast.other_star, "Theirs")]
    {
        let wish = json!({"celebrity_id": star.id, "name": name, "address": elsewhere.address});
        assert_eq!(caller.post("/api/calendars", &wish).await.status, 201);
    }
    for (caller, expected) in
        [(&cast.agent, json!(["Ours"])), (&cast.other_agent, json!(["Theirs"])), (&cast.admin, json!([]))]
    {
        let items = caller.get("/api/calendars").await.json()["items"].clone();
        let names: Vec<Value> = items.as_array().expect("a list").iter().map(|item| item["name"].clone()).collect();
        assert_eq!(json!(names), expected, "{}", caller.name);
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_line_and_counts_as_busy() {
    let site = TestSite::new().await;
    let (star, elsewhere) = (&site.cast.star, Elsewhere::open());
    let (begins, later) = (at(&site, 5, 10), at(&site, 7, 10));
    let stamp = begins.format("%Y%m%dT%H%M%SZ");
    elsewhere.says(
        200,
        &format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:{stamp}\r\nDURATION:PT1H\r\nRRULE:now and then\r\n\
             Bring the good shoes\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    );
    let feed = add(&site, &elsewhere).await;
    let seen = look(&site.cast.agent).await;
    let told = json!([
        {"line": 7, "kind": "line", "text": "Bring the good shoes"},
        {"line": 6, "kind": "rule", "text": "RRULE:now and then"},
    ]);
    assert_eq!((&seen["trouble"], &seen["unread_count"], &seen["unread"]), (&Value::Null, &json!(2), &told));
    assert!(!site.is_free(star, begins).await && !site.is_free(star, later).await, "it may be any day");
    // Once everything can be read, nothing is told.
    elsewhere.keeps(&[begins]);
    read_now(&site, &feed, &json!({})).await;
    let seen = look(&site.cast.agent).await;
    assert_eq!((&seen["unread_count"], &seen["unread"], &seen["busy_count"]), (&json!(0), &json!([]), &json!(1)));
    assert!(site.is_free(star, later).await);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_that_asks_for_too_much_is_read_within_bounds() {
    let site = TestSite::new().await;
    let (star, elsewhere) = (&site.cast.star, Elsewhere::open());
    let deep = format!("{}{}", "BEGIN:A\r\n".repeat(2_000), "END:A\r\n".repeat(2_000));
    let event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20000101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n";
    elsewhere.says(200, &format!("BEGIN:VCALENDAR\r\n{deep}{event}END:VCALENDAR\r\n"));
    add(&site, &elsewhere).await;
    let seen = look(&site.cast.agent).await;
    let kinds: Vec<_> = seen["unread"].as_array().expect("a list").iter().map(|told| told["kind"].clone()).collect();
    assert_eq!(
        (kinds, &seen["trouble"]),
        (vec![json!("component"), json!("nesting"), json!("too_fine")], &Value::Null)
    );
    assert!(!site.is_free(star, at(&site, 5, 10)).await, "what it keeps busy is not known, so all of it is");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_who_is_verified_adds_calendars() {
    let site = TestSite::new().await;
    let wish =
        json!({"celebrity_id": site.cast.star.id, "name": "Family", "address": "https://calendar.example/a.ics"});
    let refused = site.cast.unverified.post("/api/calendars", &wish).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "email_not_verified"));
}
