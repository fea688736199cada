//! `GET /login/code`: the second question at the door, of those who have an authenticator app.

use accounts::commands;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, ClientAddress, MaybeSignedIn, Problem, Query, Site, cookie};
use http::{HeaderMap, StatusCode};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use site::links;

use super::door;
use super::login::Way;
use crate::kit::cookies;
use crate::kit::extract::Form as Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Page;

/// Keeps who has proven their password, signed by us.
const COOKIE: &str = "__Host-stagedoor-code";
/// The proof itself lives no longer.
const LIFE_S: i64 = 5 * 60;

#[derive(Debug, Serialize)]
pub(crate) struct Code {
    pub form: Form,
    pub return_to: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    code: Secret<String>,
    #[serde(default)]
    return_to: String,
}

/// On to this page, the right password kept in the browser.
pub(super) fn ask(proof: &Secret<String>, return_to: &str) -> Response {
    let page = format!("{}?return_to={}", links::LOGIN_CODE, links::encode(return_to));
    cookies::keep(Redirect::to(&page), COOKIE, proof.expose(), "/", LIFE_S)
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
    address: ClientAddress,
    headers: HeaderMap,
    MaybeSignedIn(before): MaybeSignedIn,
    Posted(typed): Posted<Typed>,
) -> Answer<Response> {
    let return_to = links::safe_return(Some(&typed.return_to)).to_owned();
    let proof = cookie(&headers, COOKIE).unwrap_or_default();
    let resumed = {
        let mut connection = site.database.acquire().await?;
        commands::resume_login(&mut connection, &site.keys, site.clock.now(), proof).await
    };
    let proven = match resumed {
        Ok(proven) => proven,
        Err(error) => return begin_anew(Problem::from(error), &return_to),
    };
    let entered = workflows::account::second_factor::enter(&site, proven, Some(&typed.code), &address.prefix()).await;
    match entered.map_err(Problem::from) {
        Ok(person) => {
            let opened = door::open(&site, &person, before, &headers, address, &return_to).await?;
            Ok(cookies::forget(opened, COOKIE, "/"))
        }
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let form = match problem.code {
                "second_factor_required" => Form::default().fault("code", "Enter a code."),
                _ => Form::default().fault("code", &problem.detail),
            };
            frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &Code { form, return_to })
        }
    }
}

/// The password was right too long ago, or in another browser: back to it.
fn begin_anew(problem: Problem, return_to: &str) -> Answer<Response> {
    if problem.status.is_server_error() {
        return Err(problem);
    }
    Ok(cookies::forget(Redirect::to(&links::login_then(return_to)), COOKIE, "/"))
}

impl Page for Code {
    const TEMPLATE: &'static str = "pages/auth/code.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form| Self { form, return_to: "/dashboard".to_owned() };
        let wrong = "This code is not right, or it was used. Wait for the app's next one, or use a recovery code.";
        vec![("plain", page(Form::default())), ("wrong", page(Form::default().fault("code", wrong)))]
    }
}
