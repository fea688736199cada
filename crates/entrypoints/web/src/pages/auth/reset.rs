//! `GET /reset`: sets a new password with the link that was mailed.

use accounts::{AccountsError, commands};
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Problem, Query, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};

use super::notice::NoticePage;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::LinkView;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Reset {
    pub form: Form,
    pub token: String,
    /// Whether the link cannot be used any more.
    pub is_over: bool,
}

/// What the mailed link carries.
#[derive(Debug, Deserialize)]
pub(crate) struct ResetParams {
    #[serde(default)]
    token: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct NewPassword {
    token: Secret<String>,
    password: Secret<String>,
}

/// `GET /reset`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Query(ResetParams { token }): Query<ResetParams>,
) -> Answer<Response> {
    let (now, secret) = (site.clock.now(), Secret::new(token.clone()));
    let owner = commands::password_link_owner(&mut *site.database.acquire().await?, now, &secret).await;
    let problem = match owner {
        Ok(_) => None,
        Err(error @ AccountsError::LinkSpent) => Some(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    let is_over = problem.is_some();
    frame.answer(&Reset { form: Form { problem, ..Form::default() }, token, is_over })
}

/// `POST /reset`
pub(crate) async fn set(
    State(site): State<Site>,
    frame: Frame,
    Posted(input): Posted<NewPassword>,
) -> Answer<Response> {
    let done = workflows::account::reset_password(&site, &input.token, input.password).await;
    if let Err(problem) = done.map_err(Problem::from) {
        if problem.status.is_server_error() {
            return Err(problem);
        }
        let is_over = problem.code == "link_spent";
        let page = Reset { form: Form::default().refused(&problem), token: input.token.expose().clone(), is_over };
        let frame = frame.found_at(links::reset_password(input.token.expose()));
        return frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    frame.answer(&NoticePage {
        title: "Your new password is set.".to_owned(),
        text: "Every device was signed out. Sign in with the new one. Passkeys, if you have some, go on working: look whether all are yours.".to_owned(),
        next: Some(LinkView::to("Sign in", links::LOGIN)),
        mentions_mailbox: false,
    })
}

impl Template for Reset {
    const TEMPLATE: &'static str = "pages/auth/reset.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let lapsed = Form {
            problem: Some("This link was used before or is older than an hour. Ask for a new one.".to_owned()),
            ..Form::default()
        };
        vec![
            ("plain", Self { form: Form::default(), token: "sample".to_owned(), is_over: false }),
            ("lapsed", Self { form: lapsed, token: "sample".to_owned(), is_over: true }),
        ]
    }
}
