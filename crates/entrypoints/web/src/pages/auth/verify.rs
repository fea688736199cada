//! `GET /verify`: where the mailed link leads. Only its button uses the link, because mail scanners open links.

use accounts::commands::{self, PasswordLogin};
use accounts::{AccountsError, queries};
use axum::extract::State;
use axum::response::{Redirect, Response};
use entry::{Answer, ClientDevice, MaybeSignedIn, Problem, Query, SignedIn, Site};
use http::HeaderMap;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use site::links;

use super::notice::NoticePage;
use super::way_back;
use super::{code, door};
use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::LinkView;

#[derive(Debug, Serialize)]
pub(crate) struct Verify {
    pub token: String,
    pub form: Form,
    /// Whether the link cannot be used any more.
    pub is_over: bool,
    /// Whether the password is asked for: not of somebody who is signed in.
    pub asks_password: bool,
}

/// What the mailed link carries.
#[derive(Debug, Deserialize)]
pub(crate) struct VerifyParams {
    #[serde(default)]
    token: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    token: Secret<String>,
    password: Option<Secret<String>>,
}

/// `GET /verify`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    MaybeSignedIn(caller): MaybeSignedIn,
    Query(VerifyParams { token }): Query<VerifyParams>,
) -> Answer<Response> {
    let (now, secret) = (site.clock.now(), Secret::new(token.clone()));
    let owner = commands::verification_owner(&mut *site.database.acquire().await?, now, &secret).await;
    let (owner, form) = match owner {
        Ok(owner) => (Some(owner), Form::default()),
        Err(error @ AccountsError::LinkSpent) => (None, Form { problem: Some(error.to_string()), ..Form::default() }),
        Err(error) => return Err(error.into()),
    };
    let is_over = owner.is_none();
    let asks_password = caller.zip(owner).is_none_or(|(caller, owner)| caller.id != owner);
    frame.answer(&Verify { token, form, is_over, asks_password })
}

/// `POST /verify`: verifies the address; somebody who entered the password is logged in as well.
pub(crate) async fn verify(
    State(site): State<Site>,
    frame: Frame,
    device: ClientDevice,
    headers: HeaderMap,
    MaybeSignedIn(caller): MaybeSignedIn,
    Posted(Sent { token, password }): Posted<Sent>,
) -> Answer<Response> {
    let verified = workflows::account::verify_email(&site, &token, caller.as_deref(), password.clone()).await;
    let owner = match verified.map_err(Problem::from) {
        Ok(owner) => owner,
        Err(problem) if problem.status.is_server_error() => return Err(problem),
        Err(problem) => {
            let is_over = problem.code == "link_spent";
            let form = Form::default().refused(&problem);
            let page = Verify { token: token.expose().clone(), form, is_over, asks_password: true };
            return frame.found_at(links::verify_address(token.expose())).answer_as(problem.status, &page);
        }
    };
    let way_back = way_back::of(&headers).unwrap_or_else(|| links::DISCOVER.to_owned());
    let password = match (&caller, password) {
        (Some(caller), _) if caller.id == owner => return Ok(way_back::forget(Redirect::to(&way_back))),
        (_, Some(password)) => password,
        (_, None) => return Ok(way_back::forget(Redirect::to(&links::login_then(&way_back)))),
    };
    let person = queries::person(&mut *site.database.acquire().await?, owner).await?.ok_or_else(Problem::not_found)?;
    let login = PasswordLogin { email: person.email, password };
    let (at, shown) = (site.circumstances(), device.presented());
    let proven = commands::check_password(&site.database, site.passwords(), at, login, shown).await?;
    if proven.owes_code() {
        return Ok(way_back::forget(code::ask(&proven.seal(&site.keys), &way_back)));
    }
    let person = workflows::account::second_factor::enter(&site, proven, None, shown).await?;
    Ok(way_back::forget(door::open(&site, &person, caller, &device, &way_back).await?))
}

/// `POST /verify/mail`
pub(crate) async fn send(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    _: Posted<NoFields>,
) -> Answer<Response> {
    workflows::account::resend_verification(&site, &caller).await?;
    frame.answer(&NoticePage::check_mail(
        &site,
        &caller.email,
        "It works for two days.",
        LinkView::to("To my account", links::ACCOUNT),
    ))
}

impl Template for Verify {
    const TEMPLATE: &'static str = "pages/auth/verify.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form, is_over, asks_password| Self { token: "sample".to_owned(), form, is_over, asks_password };
        let problem = Some("This link has been used or has expired. Ask for a new one.".to_owned());
        let wrong = Form::default().fault("password", "This is not the password of this account.");
        vec![
            ("ready", page(Form::default(), false, true)),
            ("wrong", page(wrong, false, true)),
            ("signed-in", page(Form::default(), false, false)),
            ("lapsed", page(Form { problem, ..Form::default() }, true, true)),
        ]
    }
}
