//! The log and the traces at their loudest: no line and no span holds what somebody typed, or what was given to them alone.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::steps::authenticator::{code_of, phone};
use crate::steps::elsewhere::{self, Elsewhere};
use crate::steps::gifts;
use crate::steps::journey::{ASKS, DECLINES, LOSES_THE_ANSWER, PAYS, at, pay, text};
use crate::steps::newcomer::mailed_token;
use crate::steps::passkeys;

const NAME: &str = "Zuleika Plantain";
const ADDRESS: &str = "zuleika.plantain@planted.example";
const PASSWORD: &str = "planted words for a door";
const NEW_PASSWORD: &str = "other planted words for it";
const BRIEF: &str = "Forty guests, marzipan, and a song for my grandmother.";
/// Fields of answers that are for whoever asked and nobody else.
const GIVEN: [&str; 6] = ["access_token", "refresh_token", "key", "secret", "uri", "recovery_codes"];

/// Hears every line and every span of this thread, at every level.
struct Everything {
    heard: Arc<Mutex<Vec<String>>>,
    _active: DefaultGuard,
}

struct Hearing(Arc<Mutex<Vec<String>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("a String takes everything");
    }
}

impl Hearing {
    fn note(&self, what: String, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(what);
        record(&mut fields);
        self.0.lock().expect("nobody panics with it").push(fields.0);
    }
}

impl<S: tracing::Subscriber> Layer<S> for Hearing {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.note(format!("line of {}", event.metadata().target()), |fields| event.record(fields));
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.note(format!("span {}", attributes.metadata().name()), |fields| attributes.record(fields));
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.note("span".to_owned(), |fields| values.record(fields));
    }
}

impl Everything {
    fn hear() -> Self {
        let heard = Arc::default();
        let subscriber = tracing_subscriber::registry().with(Hearing(Arc::clone(&heard)));
        Self { heard, _active: tracing::subscriber::set_default(subscriber) }
    }
}

/// What must not be heard.
struct Planted(Vec<String>);

impl Planted {
    fn new() -> Self {
        let typed =
            [NAME, ADDRESS, "Plantain", "zuleika", "planted.example", PASSWORD, NEW_PASSWORD, BRIEF, "marzipan"];
        let numbers = [PAYS, ASKS, DECLINES, LOSES_THE_ANSWER];
        Self(typed.iter().chain(&numbers).map(|text| (*text).to_owned()).collect())
    }

    fn add(&mut self, text: impl Into<String>) {
        let text = text.into();
        assert!(text.len() >= 6, "{text:?} would be found anywhere");
        self.0.push(text);
    }

    /// Takes up what an answer gives away; it was a success.
    fn taken(&mut self, answer: &TestResponse) -> Value {
        assert!(answer.status < 300, "{}", answer.text());
        let value = if answer.body.is_empty() { Value::Null } else { answer.json() };
        self.take_from(&value, false);
        value
    }

    fn take_from(&mut self, value: &Value, is_given: bool) {
        match value {
            Value::Object(fields) => {
                fields
                    .iter()
                    .for_each(|(name, field)| self.take_from(field, is_given || GIVEN.contains(&name.as_str())));
            }
            Value::Array(items) => items.iter().for_each(|item| self.take_from(item, is_given)),
            Value::String(text) if is_given => self.add(text.as_str()),
            _ => {}
        }
    }
}

/// Makes an account and a second factor, and changes everything about them; answers who it is now.
async fn live_with_an_account(site: &TestSite, planted: &mut Planted) -> TestCaller {
    let anybody = &site.cast.anonymous;
    let account = json!({"email": ADDRESS, "display_name": NAME, "password": PASSWORD, "time_zone": "UTC"});
    for _ in 0..2 {
        planted.taken(&anybody.post("/api/auth/register", &account).await);
    }
    let link = mailed_token(site, "verify_address").await;
    planted.add(&link);
    anybody.post("/api/auth/email-verification", &json!({"token": link, "password": NEW_PASSWORD})).await;
    planted.taken(&anybody.post("/api/auth/email-verification", &json!({"token": link, "password": PASSWORD})).await);
    for (email, password) in [(ADDRESS, NEW_PASSWORD), (PASSWORD, ADDRESS), ("nobody@planted.example", PASSWORD)] {
        let login = json!({"email": email, "password": password});
        assert!(anybody.post("/api/auth/login", &login).await.status >= 400);
    }
    let login = json!({"email": ADDRESS, "password": PASSWORD});
    let signed_in = planted.taken(&anybody.post("/api/auth/login", &login).await);
    let refresh = json!({"refresh_token": signed_in["refresh_token"]});
    let signed_in = planted.taken(&anybody.post("/api/auth/refresh", &refresh).await);
    let caller = anybody.with_tokens(&signed_in);
    let proof = json!({"current_password": PASSWORD});
    let app = planted.taken(&caller.post("/api/auth/totp", &proof).await);
    let app = phone(text(&app, "secret"));
    let code = json!({"code": code_of(&app, site.now())});
    planted.taken(&caller.post("/api/auth/totp/confirmation", &code).await);
    site.clock.advance(chrono::TimeDelta::seconds(60));
    let proof = json!({"current_password": PASSWORD, "code": code_of(&app, site.now())});
    planted.taken(&caller.post("/api/me/api-keys", &json!({
        "name": "Tour planner", "scopes": ["bookings:read"], "current_password": PASSWORD, "code": proof["code"]
    })).await);
    let reset = json!({"email": ADDRESS});
    planted.taken(&anybody.post("/api/auth/password/reset", &reset).await);
    let link = mailed_token(site, "reset_password").await;
    planted.add(&link);
    let new = json!({"token": link, "password": NEW_PASSWORD});
    planted.taken(&anybody.post("/api/auth/password/reset/confirmation", &new).await);
    site.clock.advance(chrono::TimeDelta::seconds(60));
    let login = json!({"email": ADDRESS, "password": NEW_PASSWORD, "code": code_of(&app, site.now())});
    let signed_in = planted.taken(&anybody.post("/api/auth/login", &login).await);
    anybody.with_tokens(&signed_in)
}

/// Signs in with forms, whose cookies are as secret.
async fn visit_with_a_browser(site: &TestSite, planted: &mut Planted) {
    let browser = site.cast.anonymous.browser();
    browser.post("/login", "", &[("email", ADDRESS), ("password", NEW_PASSWORD)]).await;
    browser.get("/login/code").await;
    for name in browser.cookie_names() {
        planted.add(browser.cookie(&name).expect("it is kept"));
    }
    browser.get(&format!("/discover?q={}", NAME.replace(' ', "+"))).await;
    let shown = site.cast.customer.browser();
    planted.add(shown.get("/account").await.csrf());
    planted.add(shown.cookie(entry::SESSION_COOKIE).expect("signed in"));
}

/// Claims a card, sends it to a friend, and looks at it with the link that was mailed.
async fn give_cards(site: &TestSite, caller: &TestCaller, planted: &mut Planted) {
    let (card, code) = gifts::issue(site, "goodwill", 1).await.remove(0);
    planted.add(&code);
    planted.add(code.replace('-', ""));
    planted.taken(&gifts::claim(caller, &code, "one").await);
    planted.taken(&gifts::send_to(caller, &card, "ines@planted.example", "two").await);
    planted.add("For your show");
    let mailed = gifts::mailed_code(site).await;
    planted.add(&mailed);
    let browser = site.cast.other_customer.browser();
    browser.get(&format!("/claim?code={mailed}")).await;
    planted.add(browser.cookie("__Host-stagedoor-gift").expect("it is kept"));
    assert_eq!(browser.get("/claim/card").await.status, 200);
    let claimed = browser.submit("/claim", "/claim", &[("code", &mailed)]).await;
    assert_eq!(claimed.status, 303, "{}", claimed.page());
    assert_eq!(browser.submit("/claim", "/claim", &[("code", &code)]).await.status, 404);
}

async fn order(site: &TestSite, caller: &TestCaller, hour: u32) -> TestResponse {
    let order = json!({"offering_id": site.cast.star.call.id, "starts_at": at(site, 5, hour), "brief": BRIEF});
    caller.post("/api/bookings", &order).await
}

/// Books and pays in every way; one order breaks on its way into the database, which quotes what it refuses.
async fn book_and_break(site: &TestSite, caller: &TestCaller, planted: &mut Planted) {
    let pool = site.test_database().database.pool();
    for (hour, numbers) in [(10, [DECLINES, ASKS, PAYS]), (12, [LOSES_THE_ANSWER, PAYS, PAYS])] {
        let booking = planted.taken(&order(site, caller, hour).await);
        for (turn, number) in numbers.into_iter().enumerate() {
            pay(caller, &booking, number, &format!("try-{turn}")).await;
        }
        let path = format!("/api/bookings/{}/cancellation", text(&booking, "id"));
        caller.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    }
    site.clock.advance(chrono::TimeDelta::seconds(40));
    site.run_jobs().await;
    for statement in [
        "ALTER TABLE bookings ADD CONSTRAINT takes_nothing CHECK (false) NOT VALID",
        "ALTER TABLE people ADD CONSTRAINT takes_nobody CHECK (false) NOT VALID",
    ] {
        sqlx::query(statement).execute(pool).await.expect("alters");
    }
    let broken = order(site, caller, 14).await;
    assert_eq!(broken.status, 500, "{}", broken.text());
    let account =
        json!({"email": "other@planted.example", "display_name": NAME, "password": PASSWORD, "time_zone": "UTC"});
    assert_eq!(site.cast.anonymous.post("/api/auth/register", &account).await.status, 500);
}

#[tokio::test]
async fn no_line_and_no_span_holds_what_was_typed_or_given() {
    let site = TestSite::new().await;
    let everything = Everything::hear();
    let mut planted = Planted::new();
    let caller = live_with_an_account(&site, &mut planted).await;
    visit_with_a_browser(&site, &mut planted).await;
    give_cards(&site, &caller, &mut planted).await;
    let credential = json!({"credential": {"id": "a-planted-credential", "response": {"signature": NEW_PASSWORD}}});
    site.cast.anonymous.post("/api/auth/passkeys/login", &credential).await;
    passkeys::question(&site).await;
    let calendar = Elsewhere::open();
    calendar.says(200, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:marzipan\r\nDTSTART:never\r\nEND:VCALENDAR\r\n");
    planted.add("/private/basic.ics");
    elsewhere::add(&site, &calendar).await;
    book_and_break(&site, &caller, &mut planted).await;

    let heard = everything.heard.lock().expect("nobody panics with it").clone();
    for kind in
        ["line of request", "line of security", "line of sqlx::query", "span request", "card charge", "span job"]
    {
        assert!(heard.iter().any(|line| line.contains(kind)), "there was no {kind}");
    }
    let found: Vec<String> = heard
        .iter()
        .filter_map(|line| planted.0.iter().find(|text| line.contains(*text)).map(|text| format!("{text:?} in {line}")))
        .collect();
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), heard.len(), found.join("\n"));
    site.jobs_may_be_left();
}
