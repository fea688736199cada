//! Calendars elsewhere: what is busy there is not on offer here, and nothing is freed by mistake. A real server gives them out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::journey::{ask_for, at, book};

/// A calendar service with one calendar.
#[derive(Clone)]
struct Elsewhere {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    status: u16,
    text: String,
    whole_answers: usize,
    unchanged_answers: usize,
}

impl Elsewhere {
    fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = format!("http://{}/private/basic.ics", listener.local_addr().expect("an address"));
        let elsewhere = Self { address, state: Arc::default() };
        let state = Arc::clone(&elsewhere.state);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let lines = BufReader::new(stream.try_clone().expect("a handle")).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let mut state = state.lock().expect("no test panics with it");
                let mark = format!("\"{}\"", state.text.len());
                let is_known = head.iter().any(|line| line.to_lowercase() == format!("if-none-match: {mark}"));
                let answer = if state.status != 200 {
                    format!("HTTP/1.1 {} Trouble\r\nconnection: close\r\n\r\n", state.status)
                } else if is_known {
                    state.unchanged_answers += 1;
                    "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_owned()
                } else {
                    state.whole_answers += 1;
                    let (text, length) = (&state.text, state.text.len());
                    format!(
                        "HTTP/1.1 200 OK\r\netag: {mark}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
                    )
                };
                stream.write_all(answer.as_bytes()).ok();
            }
        });
        elsewhere.keeps(&[]);
        elsewhere
    }

    /// From now on it gives out a calendar that is busy for an hour at each of these times.
    fn keeps(&self, times: &[Instant]) {
        let stamp = |at: Instant| at.format("%Y%m%dT%H%M%SZ");
        let events: String = times
            .iter()
            .enumerate()
            .map(|(turn, at)| {
                let (begin, end) = (stamp(*at), stamp(*at + TimeDelta::hours(1)));
                format!(
                    "BEGIN:VEVENT\r\nUID:{turn}\r\nSUMMARY:Dentist\r\nDTSTART:{begin}\r\nDTEND:{end}\r\nEND:VEVENT\r\n"
                )
            })
            .collect();
        self.says(200, &format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"));
    }

    fn says(&self, status: u16, text: &str) {
        let mut state = self.state.lock().expect("no test panics with it");
        (state.status, state.text) = (status, text.to_owned());
    }

    /// Whole answers, and answers that nothing has changed.
    fn answers(&self) -> (usize, usize) {
        let state = self.state.lock().expect("no test panics with it");
        (state.whole_answers, state.unchanged_answers)
    }
}

/// The star's celebrity adds a calendar, which is read at once.
async fn add(site: &TestSite, elsewhere: &Elsewhere) -> Value {
    let body = json!({"celebrity_id": site.cast.star.id, "name": "Family", "address": elsewhere.address});
    let answer = site.cast.celebrity.post("/api/calendars", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    site.run_jobs().await;
    answer.json()
}

/// The calendar as its keepers see it now.
async fn look(caller: &TestCaller) -> Value {
    caller.get("/api/calendars").await.json()["items"][0].clone()
}

async fn read_now(site: &TestSite, feed: &Value, body: &Value) {
    site.clock.advance(TimeDelta::seconds(10));
    let path = format!("/api/calendars/{}/reading", feed["id"].as_str().expect("an id"));
    let answer = site.cast.agent.post(&path, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    site.run_jobs().await;
}

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
async fn a_calendar_is_read_every_quarter_of_an_hour_in_one_row() {
    let site = TestSite::new().await;
    let elsewhere = Elsewhere::open();
    elsewhere.keeps(&[at(&site, 5, 10)]);
    let feed = add(&site, &elsewhere).await;
    assert_eq!(elsewhere.answers(), (1, 0));
    // Two more readings between do not begin two more rows.
    read_now(&site, &feed, &json!({})).await;
    read_now(&site, &feed, &json!({})).await;
    assert_eq!(elsewhere.answers(), (1, 2));
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    site.clock.advance(TimeDelta::minutes(15));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 4));
    // Even without changes it is taken over anew after a week: what comes back reaches further by then.
    site.clock.advance(TimeDelta::days(8));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (2, 4));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_calendar_whose_job_was_given_up_is_taken_up_again() {
    let site = TestSite::new().await;
    let elsewhere = Elsewhere::open();
    add(&site, &elsewhere).await;
    sqlx::query("UPDATE jobs SET dead_at = now()").execute(site.test_database().database.pool()).await.unwrap();
    site.clock.advance(TimeDelta::minutes(61));
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 0));
    workflows::background::fire_schedules(&site.site).await.unwrap();
    site.run_jobs().await;
    assert_eq!(elsewhere.answers(), (1, 1));
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
