//! `GET /register`.

use accounts::commands::Registration;
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Problem, Query, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use site::links;

use super::door::Way;
use super::notice::NoticePage;
use super::way_back;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::link::zones;
use crate::views::{LinkView, OptionView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Register {
    pub form: Form,
    pub return_to: String,
    pub zones: Vec<OptionView>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Newcomer {
    display_name: String,
    email: String,
    password: Secret<String>,
    time_zone: String,
}

/// `GET /register`
pub(crate) async fn show(frame: Frame, Query(way): Query<Way>) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref()).to_owned();
    let zones = zones(frame.yours().name());
    frame.answer(&Register { form: Form::default(), return_to, zones })
}

/// `POST /register`: the answer does not tell whether the address had an account before.
pub(crate) async fn create(
    State(site): State<Site>,
    frame: Frame,
    Query(way): Query<Way>,
    Posted(input): Posted<Newcomer>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref()).to_owned();
    let registration = Registration {
        email: input.email.clone(),
        display_name: input.display_name.clone(),
        password: input.password,
        time_zone: input.time_zone.clone(),
    };
    if let Err(problem) = workflows::account::register(&site, registration).await.map_err(Problem::from) {
        if problem.status.is_server_error() {
            return Err(problem);
        }
        let form = Form::with([("display_name", input.display_name), ("email", input.email)]).refused(&problem);
        let page = Register { form, return_to, zones: zones(&input.time_zone) };
        return frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let next = LinkView::to("Sign in", links::login_then(&return_to));
    let life = "Open it, type your password once more, and you can book. It works for two days.";
    let answer = frame.answer(&NoticePage::check_mail(&site, input.email.trim(), life, next))?;
    Ok(if return_to == links::DASHBOARD { answer } else { way_back::keep(answer, &return_to) })
}

impl Template for Register {
    const TEMPLATE: &'static str = "pages/auth/register.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form| Self {
            form,
            return_to: "/dashboard".to_owned(),
            zones: samples::options(&["Europe/Berlin", "Europe/Lisbon", "UTC"], "UTC"),
        };
        let faulty = Form::with([("email", "noor@".to_owned()), ("display_name", "Noor".to_owned())])
            .fault("email", "This is not an e-mail address yet.")
            .fault("password", "Use at least 12 characters.");
        vec![("plain", page(Form::default())), ("faulty", page(faulty))]
    }
}
