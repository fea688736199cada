//! Calendars elsewhere: what is busy there is not on offer here, and nothing is freed by mistake.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::elsewhere::{Elsewhere, add, look, read_now};
use crate::steps::journey::{ask_for, at, book};

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
    assert!(!refused.json()["alternatives"].as_array().expect("a list").is_empty());
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
        (200, "<!doctype html><title>Sign in</title>", "not_a_calendar"),
        (200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "emptied"),
    ] {
        elsewhere.says(status, text);
        read_now(&site, &feed, &json!({})).await;
        let seen = look(&site.cast.celebrity).await;
        assert_eq!((&seen["trouble"], &seen["busy_count"]), (&json!(trouble), &json!(1)));
        assert!(!site.is_free(star, busy).await, "{trouble}");
    }
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
        assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (422, &json!(field)), "{}", answer.text());
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
