//! A calendar service with one calendar, and how it is added here. A real server gives it out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite};

use crate::steps::journey::at;

/// A calendar service with one calendar.
#[derive(Clone)]
pub struct Elsewhere {
    pub address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    status: u16,
    text: String,
    /// Where the calendar has moved, relative to its address.
    moved_to: Option<String>,
    whole_answers: usize,
    unchanged_answers: usize,
}

impl Elsewhere {
    pub fn open() -> Self {
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
                let moved_to = state.moved_to.as_ref().filter(|_| head[0].contains("/basic.ics"));
                let answer = if let Some(place) = moved_to {
                    format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\nconnection: close\r\n\r\n")
                } else if state.status != 200 {
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
    pub fn keeps(&self, times: &[Instant]) {
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

    pub fn says(&self, status: u16, text: &str) {
        let mut state = self.state.lock().expect("no test panics with it");
        (state.status, state.text) = (status, text.to_owned());
    }

    /// From now on it sends whoever asks on to `place`, where the calendar is.
    pub fn moves_to(&self, place: &str) {
        self.state.lock().expect("no test panics with it").moved_to = Some(place.to_owned());
    }

    /// Whole answers, and answers that nothing has changed.
    pub fn answers(&self) -> (usize, usize) {
        let state = self.state.lock().expect("no test panics with it");
        (state.whole_answers, state.unchanged_answers)
    }
}

/// A site, and a calendar elsewhere that is busy at ten in five days.
pub async fn with_calendar() -> (TestSite, Elsewhere) {
    let site = TestSite::new().await;
    // Each reading enqueues the next.
    site.jobs_may_be_left();
    let elsewhere = Elsewhere::open();
    elsewhere.keeps(&[at(&site, 5, 10)]);
    (site, elsewhere)
}

/// The star's celebrity adds a calendar, which is read at once.
pub async fn add(site: &TestSite, elsewhere: &Elsewhere) -> Value {
    let body = json!({"celebrity_id": site.cast.star.id, "name": "Family", "address": elsewhere.address});
    let answer = site.cast.celebrity.post("/api/calendars", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    site.run_jobs().await;
    answer.json()
}

/// The calendar as its keepers see it now.
pub async fn look(caller: &TestCaller) -> Value {
    caller.get("/api/calendars").await.json()["items"][0].clone()
}

pub async fn read_now(site: &TestSite, feed: &Value, body: &Value) {
    site.clock.advance(TimeDelta::seconds(10));
    let path = format!("/api/calendars/{}/reading", feed["id"].as_str().expect("an id"));
    let answer = site.cast.agent.post(&path, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    site.run_jobs().await;
}
