//! `GET /account/keys`: keys for programs, a form that makes one, and a way to end each.

use accounts::Caller;
use accounts::commands::{self, KeyRequest, MadeKey, OwnerProof};
use accounts::queries::{self, ApiKeyView};
use axum::extract::State;
use axum::response::{Redirect, Response};
use chrono::TimeDelta;
use entry::{Answer, Path, Problem, SignedIn, Site};
use http::StatusCode;
use kernel::{ApiKeyId, Instant, Scope, Secret};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::{OptionView, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct ApiKeysPage {
    /// The key that was just made, shown only now.
    pub made: Option<String>,
    pub items: Vec<KeyLine>,
    pub form: Form,
    pub access: Vec<OptionView>,
    pub days: Vec<OptionView>,
    /// Whether the person may make keys: their address must be verified.
    pub may_make: bool,
}

/// One key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyLine {
    pub action: String,
    pub name: String,
    /// `stagedoor_Ab3d… · reads and writes · ends 21 February 2027 · used 2 minutes ago`.
    pub line: String,
    pub is_expired: bool,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyForm {
    name: String,
    access: String,
    days: u16,
    current_password: Secret<String>,
    #[serde(default)]
    code: Option<Secret<String>>,
}

const READ: (&str, &str) = ("read", "Read, and change nothing");
const WRITE: (&str, &str) = ("write", "Read, book, pay, cancel, and change calendars");
/// What the API calls the fields of this page.
const FIELDS: [(&str, &str); 2] = [("scopes", "access"), ("expires_in_days", "days")];
const LIVES: [(&str, &str); 3] = [("30", "30 days"), ("90", "90 days"), ("365", "a year")];

impl ApiKeysPage {
    async fn of(site: &Site, caller: &Caller, form: Form) -> Answer<Self> {
        let now = site.clock.now();
        let keys = queries::api_keys(&mut *site.database.acquire().await?, caller.id).await?;
        let chosen = |name: &'static str, usual: &str| form.values.get(name).map_or(usual, String::as_str).to_owned();
        Ok(Self {
            made: None,
            items: keys.iter().map(|key| KeyLine::of(key, now)).collect(),
            access: options(&[READ, WRITE], &chosen("access", READ.0)),
            days: options(&LIVES, &chosen("days", "90")),
            form,
            may_make: caller.email_verified,
        })
    }
}

fn options(all: &[(&str, &str)], chosen: &str) -> Vec<OptionView> {
    let option = |(value, label): &(&str, &str)| OptionView {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        is_chosen: *value == chosen,
    };
    all.iter().map(option).collect()
}

impl KeyLine {
    fn of(key: &ApiKeyView, now: Instant) -> Self {
        let may = if key.scopes.iter().all(|scope| scope.is_read()) { "reads" } else { "reads and writes" };
        let is_expired = key.expires_at <= now;
        let end = if is_expired { "ended" } else { "ends" };
        let used = key.last_used_at.map_or("never used".to_owned(), |at| format!("used {}", format::relative(at, now)));
        Self {
            action: format!("{}/{}/end", links::API_KEYS, key.id),
            name: key.name.clone(),
            line: format!("{}… · {may} · {end} {} · {used}", key.hint, format::relative(key.expires_at, now)),
            is_expired,
        }
    }
}

/// `GET /account/keys`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    frame.answer(&ApiKeysPage::of(&site, &caller, Form::default()).await?)
}

/// `POST /account/keys`: the answer is the page with the key; no redirect, because no other page may show it.
pub(crate) async fn create(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(wish): Posted<KeyForm>,
) -> Answer<Response> {
    let scopes = Scope::ALL.into_iter().filter(|scope| scope.is_read() || wish.access == WRITE.0).collect();
    let request = KeyRequest { name: wish.name.clone(), scopes, days: wish.days };
    let proof = OwnerProof { password: wish.current_password, code: wish.code };
    match workflows::account::create_api_key(&site, &caller, proof, request).await.map_err(Problem::from) {
        Ok(MadeKey { text, .. }) => {
            let page = ApiKeysPage::of(&site, &caller, Form::default()).await?;
            frame.answer_as(StatusCode::CREATED, &ApiKeysPage { made: Some(text.expose().clone()), ..page })
        }
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let typed = [("name", wish.name), ("access", wish.access), ("days", wish.days.to_string())];
            let page = ApiKeysPage::of(&site, &caller, Form::with(typed).refused_in(&problem, &FIELDS)).await?;
            frame.answer_as(problem.status, &page)
        }
    }
}

/// `POST /account/keys/{id}/end`
pub(crate) async fn end(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<ApiKeyId>,
    _: Posted<NoFields>,
) -> Answer<Redirect> {
    let mut tx = site.database.begin().await?;
    commands::end_key(&mut tx, site.clock.now(), &caller, id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Redirect::to(links::API_KEYS))
}

impl Template for ApiKeysPage {
    const TEMPLATE: &'static str = "pages/account/keys.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let now = samples::now();
        let one = |name: &str, hint: &str, scopes: Vec<Scope>, ends_in: TimeDelta, used: Option<TimeDelta>| {
            let key = ApiKeyView {
                id: ApiKeyId(Uuid::nil()),
                name: name.to_owned(),
                hint: hint.to_owned(),
                scopes,
                created_at: now - TimeDelta::days(30),
                expires_at: now + ends_in,
                last_used_at: used.map(|ago| now - ago),
            };
            KeyLine::of(&key, now)
        };
        let page = |made: Option<&str>, items, form| Self {
            made: made.map(str::to_owned),
            items,
            form,
            access: options(&[READ, WRITE], READ.0),
            days: options(&LIVES, "90"),
            may_make: true,
        };
        let reads = || Scope::ALL.into_iter().filter(|scope| scope.is_read()).collect();
        let (long, ago) = (TimeDelta::days(90), Some(TimeDelta::minutes(2)));
        let planner = || one("Tour planner", "stagedoor_Ab3d", reads(), long, ago);
        let old = one("Old site", "stagedoor_9xQk", Scope::ALL.into_iter().collect(), TimeDelta::days(-3), None);
        let faulty = Form::default().fault("name", "This should be a name of 1 to 60 letters on one line.");
        vec![
            ("none", page(None, Vec::new(), Form::default())),
            (
                "made",
                page(Some("stagedoor_Ab3dEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg"), vec![planner()], Form::default()),
            ),
            ("several", page(None, vec![planner(), old], Form::default())),
            ("faulty", page(None, vec![planner()], faulty)),
            ("unverified", Self { may_make: false, ..page(None, Vec::new(), Form::default()) }),
        ]
    }
}
