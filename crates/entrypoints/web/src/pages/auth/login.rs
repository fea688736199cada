//! `GET /login`.

use accounts::RelyingParty;
use accounts::commands;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, ClientDevice, MaybeSignedIn, Problem, Query, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use site::links;

use super::door::Way;
use super::{code, door, left_behind};
use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;

#[derive(Debug, Serialize)]
pub(crate) struct LoginPage {
    pub form: Form,
    pub return_to: String,
    /// Why the visitor was sent here: `Sign in to book. What you chose and wrote is kept.`
    pub reason: Option<&'static str>,
    /// The origin of passkeys; none on a site without a domain name.
    pub passkeys_at: Option<String>,
}

impl LoginPage {
    pub(super) fn new(site: &Site, form: Form, return_to: &str, reason: Option<&'static str>) -> Self {
        let passkeys_at = RelyingParty::of(&site.settings.public_url).ok().map(|party| party.origin().to_owned());
        Self { form, return_to: return_to.to_owned(), reason, passkeys_at }
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct LoginForm {
    email: String,
    password: Secret<String>,
}

/// `GET /login`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    MaybeSignedIn(caller): MaybeSignedIn,
    Query(way): Query<Way>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref());
    if caller.is_some() {
        return Ok(Redirect::to(return_to).into_response());
    }
    frame.answer(&LoginPage::new(&site, Form::default(), return_to, reason(return_to)))
}

/// `POST /login`
pub(crate) async fn open(
    State(site): State<Site>,
    frame: Frame,
    device: ClientDevice,
    MaybeSignedIn(before): MaybeSignedIn,
    Query(way): Query<Way>,
    Posted(credentials): Posted<LoginForm>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref()).to_owned();
    let email = credentials.email.clone();
    let login = commands::PasswordLogin { email: credentials.email, password: credentials.password };
    let (at, shown) = (site.circumstances(), device.presented());
    let checked = commands::check_password(&site.database, site.passwords(), at, login, shown).await;
    let proven = match checked.map_err(Problem::from) {
        Ok(proven) => proven,
        // The guard says how long to wait.
        Err(problem) if problem.status.is_server_error() || problem.code == "too_many_requests" => return Err(problem),
        Err(problem) => return refuse(&site, &frame, email, &problem, &return_to),
    };
    if proven.owes_code() {
        return Ok(code::ask(&proven.seal(&site.keys), &return_to));
    }
    match workflows::account::second_factor::enter(&site, proven, None, shown).await.map_err(Problem::from) {
        Ok(person) => door::open(&site, &person, before, &device, &return_to).await,
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => refuse(&site, &frame, email, &problem, &return_to),
    }
}

/// The form once more, with what is wrong.
fn refuse(site: &Site, frame: &Frame, email: String, problem: &Problem, return_to: &str) -> Answer<Response> {
    let form = Form::with([("email", email)]).refused(problem);
    let page = LoginPage::new(site, form, return_to, None);
    frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /logout`: ends the session, and clears what it left in the browser.
pub(crate) async fn close(
    State(site): State<Site>,
    MaybeSignedIn(caller): MaybeSignedIn,
    _: Posted<NoFields>,
) -> Answer<Response> {
    if let Some(caller) = caller {
        let mut tx = site.database.begin().await?;
        commands::log_out(&mut tx, site.clock.now(), &caller).await?;
        tx.commit().await?;
        site.sessions.forget();
    }
    Ok(left_behind::clear(Redirect::to(links::HOME).into_response()))
}

fn reason(return_to: &str) -> Option<&'static str> {
    match return_to {
        links::CLAIM => Some("Sign in to claim your card. It waits for you."),
        path if path.starts_with("/book/") => Some("Sign in to book. What you chose and wrote is kept."),
        _ => None,
    }
}

impl Template for LoginPage {
    const TEMPLATE: &'static str = "pages/auth/login.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form, reason| Self {
            form,
            return_to: "/dashboard".to_owned(),
            reason,
            passkeys_at: Some("https://stagedoor.test".to_owned()),
        };
        let wrong = Form {
            problem: Some("The e-mail address and the password do not belong together.".to_owned()),
            ..Form::with([("email", "noor@example.test".to_owned())])
        };
        vec![
            ("plain", page(Form::default(), None)),
            ("on-the-way", page(Form::default(), Some("Sign in to book. What you chose and wrote is kept."))),
            ("wrong", page(wrong, None)),
            ("by-number", Self { passkeys_at: None, ..page(Form::default(), None) }),
        ]
    }
}
