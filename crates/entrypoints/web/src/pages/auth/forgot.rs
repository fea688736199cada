//! `GET /forgot`: asks for a link that sets a new password.

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, ClientDevice, Site};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::notice::NoticePage;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::LinkView;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Forgot {
    pub form: Form,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    email: String,
}

/// `GET /forgot`
pub(crate) async fn show(frame: Frame) -> Answer<Response> {
    frame.answer(&Forgot { form: Form::default() })
}

/// `POST /forgot`: the answer does not tell whether the address has an account.
pub(crate) async fn send(
    State(site): State<Site>,
    frame: Frame,
    device: ClientDevice,
    Posted(input): Posted<Address>,
) -> Answer<Response> {
    if let Err(fault) = accounts::fields::email(&input.email) {
        let form = Form::with([("email", input.email)]).fault("email", &fault.message);
        return frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &Forgot { form });
    }
    workflows::account::request_password_reset(&site, &input.email, device.presented()).await?;
    frame.answer(&NoticePage::check_mail(
        &site,
        input.email.trim(),
        "It works for one hour. Look among spam too.",
        LinkView::to("Back to signing in", links::LOGIN),
    ))
}

impl Template for Forgot {
    const TEMPLATE: &'static str = "pages/auth/forgot.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let faulty = Form::with([("email", "noor@".to_owned())]).fault("email", "This is not an e-mail address yet.");
        vec![("plain", Self { form: Form::default() }), ("faulty", Self { form: faulty })]
    }
}
