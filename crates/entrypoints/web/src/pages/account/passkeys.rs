//! `GET /account/passkeys`: passkeys, a form that adds one (if browser and device support it), and one that removes each.

use accounts::queries::{self, PasskeyView};
use accounts::{Caller, RelyingParty};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use entry::{Answer, Path, Problem, SignedIn, Site};
use http::StatusCode;
use kernel::{Instant, PasskeyId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kit::extract::Posted;
use crate::kit::form::{Form, ProofForm};
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Passkeys {
    pub items: Vec<PasskeyLine>,
    /// The form that removes one.
    pub removal: Form,
    /// The form that adds one.
    pub form: Form,
    /// The origin of passkeys; none on a site without a domain name.
    pub passkeys_at: Option<String>,
    /// Whether the person may add passkeys: their address must be verified.
    pub may_add: bool,
}

/// One passkey.
#[derive(Debug, Serialize)]
pub(crate) struct PasskeyLine {
    pub action: String,
    pub name: String,
    /// `added 3 months ago · used 2 minutes ago`.
    pub line: String,
}

/// What the form sends once the device has answered.
#[derive(Debug, Deserialize)]
pub(crate) struct New {
    name: String,
    /// The credential as JSON.
    credential: String,
}

impl Passkeys {
    async fn of(site: &Site, caller: &Caller) -> Answer<Self> {
        let now = site.clock.now();
        let passkeys = queries::passkeys(&mut *site.database.acquire().await?, caller.id).await?;
        Ok(Self {
            items: passkeys.iter().map(|passkey| PasskeyLine::of(passkey, now)).collect(),
            removal: Form::default(),
            form: Form::default(),
            passkeys_at: RelyingParty::of(&site.settings.public_url).ok().map(|party| party.origin().to_owned()),
            may_add: caller.email_verified,
        })
    }
}

impl PasskeyLine {
    fn of(passkey: &PasskeyView, now: Instant) -> Self {
        let added = format::relative(passkey.created_at, now);
        let used =
            passkey.last_used_at.map_or("never used".to_owned(), |at| format!("used {}", format::relative(at, now)));
        Self {
            action: format!("{}/{}/end", links::PASSKEYS, passkey.id),
            name: passkey.name.clone(),
            line: format!("added {added} · {used}"),
        }
    }
}

/// `GET /account/passkeys`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    frame.answer(&Passkeys::of(&site, &caller).await?)
}

/// `POST /account/passkeys`
pub(crate) async fn add(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(New { name, credential }): Posted<New>,
) -> Answer<Response> {
    // Malformed JSON is refused like a wrong credential.
    let credential = serde_json::from_str(&credential).unwrap_or_default();
    match workflows::account::passkeys::add(&site, &caller, &name, &credential).await.map_err(Problem::from) {
        Ok(_) => Ok(Redirect::to(links::PASSKEYS).into_response()),
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let form = Form::with([("name", name)]).refused(&problem);
            frame.answer_as(problem.status, &Passkeys { form, ..Passkeys::of(&site, &caller).await? })
        }
    }
}

/// `POST /account/passkeys/{id}/end`
pub(crate) async fn remove(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<PasskeyId>,
    Posted(proof): Posted<ProofForm>,
) -> Answer<Response> {
    match workflows::account::passkeys::remove(&site, &caller, proof.into(), id).await.map_err(Problem::from) {
        Ok(()) => Ok(Redirect::to(links::PASSKEYS).into_response()),
        Err(problem) if problem.status.is_server_error() || problem.status == StatusCode::NOT_FOUND => Err(problem),
        Err(problem) => {
            let removal = Form::default().refused(&problem);
            frame.answer_as(problem.status, &Passkeys { removal, ..Passkeys::of(&site, &caller).await? })
        }
    }
}

impl Template for Passkeys {
    const TEMPLATE: &'static str = "pages/account/passkeys.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let now = samples::now();
        let one = |name: &str, added: TimeDelta, used: Option<TimeDelta>| {
            let (created_at, last_used_at) = (now - added, used.map(|ago| now - ago));
            PasskeyLine::of(
                &PasskeyView { id: PasskeyId(Uuid::nil()), name: name.to_owned(), created_at, last_used_at },
                now,
            )
        };
        let page = |items, form| Self {
            items,
            removal: Form::default(),
            form,
            passkeys_at: Some("https://stagedoor.test".to_owned()),
            may_add: true,
        };
        let phone = || one("Phone", TimeDelta::days(90), Some(TimeDelta::minutes(2)));
        let laptop = one("The laptop in the dressing room", TimeDelta::zero(), None);
        let taken = Form {
            problem: Some("You have a passkey of this name. Choose another name.".to_owned()),
            ..Form::with([("name", "Phone".to_owned())])
        };
        vec![
            ("none", page(Vec::new(), Form::default())),
            ("several", page(vec![phone(), laptop], Form::default())),
            (
                "wrong-password",
                Self {
                    removal: Form::default().fault("current_password", "This is not your current password."),
                    ..page(vec![phone()], Form::default())
                },
            ),
            ("taken", page(vec![phone()], taken)),
            ("by-number", Self { passkeys_at: None, ..page(Vec::new(), Form::default()) }),
            ("unverified", Self { may_add: false, ..page(Vec::new(), Form::default()) }),
        ]
    }
}
