//! `GET /verify`: the mailed link lands here; a button uses it, so that no mail scanner can.

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, MaybeSignedIn, Problem, Query, SignedIn, Site};
use http::HeaderMap;
use kernel::Secret;
use serde::{Deserialize, Serialize};

use super::notice::Notice;
use crate::extract::{Form, NoFields};
use crate::frame::Frame;
use crate::render::Page;
use crate::views::LinkView;
use crate::{links, way_back};

#[derive(Debug, Serialize)]
pub(crate) struct Verify {
    pub token: String,
    /// Why the link could not be used.
    pub problem: Option<String>,
}

/// What the mailed link carries, and the form after it.
#[derive(Debug, Deserialize)]
pub(crate) struct Mailed {
    token: Secret<String>,
}

/// `GET /verify`
pub(crate) async fn show(frame: Frame, Query(mailed): Query<Mailed>) -> Answer<Response> {
    frame.answer(&Verify { token: mailed.token.expose().clone(), problem: None })
}

/// `POST /verify`
pub(crate) async fn verify(
    State(site): State<Site>,
    frame: Frame,
    MaybeSignedIn(caller): MaybeSignedIn,
    headers: HeaderMap,
    Form(mailed): Form<Mailed>,
) -> Answer<Response> {
    if let Err(problem) = workflows::account::verify_email(&site, &mailed.token).await.map_err(Problem::from) {
        if problem.status.is_server_error() {
            return Err(problem);
        }
        return frame.answer_as(problem.status, &Verify { token: String::new(), problem: Some(problem.detail) });
    }
    let next = match (way_back::of(&headers), caller) {
        (Some(path), Some(_)) => LinkView::to("Go on where you were", path),
        (Some(path), None) => LinkView::to("Sign in and go on where you were", links::login_then(&path)),
        (None, Some(_)) => LinkView::to("Find somebody", links::DISCOVER),
        (None, None) => LinkView::to("Sign in", links::LOGIN),
    };
    let answer = frame.answer(&Notice {
        title: "Your address is verified.".to_owned(),
        text: "You can book now.".to_owned(),
        next: Some(next),
        mentions_mailbox: false,
    })?;
    Ok(way_back::forget(answer))
}

/// `POST /verify/mail`
pub(crate) async fn send(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    _: Form<NoFields>,
) -> Answer<Response> {
    workflows::account::resend_verification(&site, &caller).await?;
    frame.answer(&Notice::check_mail(
        &site,
        &caller.email,
        "It works for two days.",
        LinkView::to("To my account", links::ACCOUNT),
    ))
}

impl Page for Verify {
    const TEMPLATE: &'static str = "pages/auth/verify.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |problem: Option<&str>| Self { token: "sample".to_owned(), problem: problem.map(str::to_owned) };
        vec![("ready", page(None)), ("lapsed", page(Some("This link was used before or is older than a day.")))]
    }
}
