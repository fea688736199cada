//! `GET /login/code`: the second factor of accounts with an authenticator app.

use accounts::commands;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, ClientDevice, MaybeSignedIn, Problem, Query, Site, cookie, cookies};
use http::{HeaderMap, StatusCode};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use site::links;

use super::door;
use super::door::Way;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;

/// Holds the signed proof that the password was right.
const COOKIE: &str = "__Host-stagedoor-code";
/// As long as the proof is valid.
const LIFE_S: i64 = 5 * 60;

#[derive(Debug, Serialize)]
pub(crate) struct Code {
    pub form: Form,
    pub return_to: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct CodeForm {
    code: Secret<String>,
}

/// Redirects to this page, with the proof of the password in a cookie.
pub(super) fn ask(proof: &Secret<String>, return_to: &str) -> Response {
    cookies::keep(Redirect::to(&links::login_code_then(return_to)), COOKIE, proof.expose(), LIFE_S)
}

/// The same answer, forgetting the proof.
pub(super) fn forget(answer: impl IntoResponse) -> Response {
    cookies::forget(answer, COOKIE)
}

/// `GET /login/code`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    headers: HeaderMap,
    MaybeSignedIn(caller): MaybeSignedIn,
    Query(way): Query<Way>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref());
    if caller.is_some() {
        return Ok(Redirect::to(return_to).into_response());
    }
    let proof = cookie(&headers, COOKIE).unwrap_or_default();
    let mut connection = site.database.acquire().await?;
    match commands::resume_login(&mut connection, &site.keys, site.clock.now(), proof).await {
        Ok(_) => frame.answer(&Code { form: Form::default(), return_to: return_to.to_owned() }),
        Err(error) => begin_anew(Problem::from(error), return_to),
    }
}

/// `POST /login/code`
pub(crate) async fn open(
    State(site): State<Site>,
    frame: Frame,
    device: ClientDevice,
    headers: HeaderMap,
    MaybeSignedIn(before): MaybeSignedIn,
    Query(way): Query<Way>,
    Posted(typed): Posted<CodeForm>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref()).to_owned();
    let proof = cookie(&headers, COOKIE).unwrap_or_default();
    let resumed = {
        let mut connection = site.database.acquire().await?;
        commands::resume_login(&mut connection, &site.keys, site.clock.now(), proof).await
    };
    let proven = match resumed {
        Ok(proven) => proven,
        Err(error) => return begin_anew(Problem::from(error), &return_to),
    };
    let shown = device.presented();
    let entered = workflows::account::second_factor::enter(&site, proven, Some(&typed.code), shown).await;
    match entered.map_err(Problem::from) {
        Ok(person) => Ok(forget(door::open(&site, &person, before, &device, &return_to).await?)),
        // The guard says how long to wait.
        Err(problem) if problem.status.is_server_error() || problem.code == "too_many_requests" => Err(problem),
        Err(problem) => {
            let form = match problem.code {
                "second_factor_required" => Form::default().fault("code", "Enter a code."),
                _ => Form::default().fault("code", &problem.detail),
            };
            frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &Code { form, return_to })
        }
    }
}

/// The proof has expired or is missing: back to the password.
fn begin_anew(problem: Problem, return_to: &str) -> Answer<Response> {
    if problem.status.is_server_error() {
        return Err(problem);
    }
    Ok(forget(Redirect::to(&links::login_then(return_to))))
}

impl Template for Code {
    const TEMPLATE: &'static str = "pages/auth/code.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form| Self { form, return_to: "/dashboard".to_owned() };
        let wrong = "This code is not right, or it was used. Wait for the app's next one, or use a recovery code.";
        vec![("plain", page(Form::default())), ("wrong", page(Form::default().fault("code", wrong)))]
    }
}
