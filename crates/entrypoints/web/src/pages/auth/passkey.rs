//! `POST /login/passkey`: what the log-in page's button sends when a device has answered.

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, ClientDevice, MaybeSignedIn, Problem, Query, Site};
use http::StatusCode;
use serde::Deserialize;

use super::door;
use super::door::Way;
use super::login::LoginPage;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use site::links;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct PasskeyForm {
    /// The credential as JSON.
    credential: String,
}

/// `POST /login/passkey`
pub(crate) async fn open(
    State(site): State<Site>,
    frame: Frame,
    device: ClientDevice,
    MaybeSignedIn(before): MaybeSignedIn,
    Query(way): Query<Way>,
    Posted(shown): Posted<PasskeyForm>,
) -> Answer<Response> {
    let return_to = links::safe_return(way.return_to.as_deref());
    // Malformed JSON is refused like a wrong passkey.
    let credential = serde_json::from_str(&shown.credential).unwrap_or_default();
    match workflows::account::passkeys::enter(&site, &credential).await.map_err(Problem::from) {
        Ok(person) => door::open(&site, &person, before, &device, return_to).await,
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let page = LoginPage::new(&site, Form::default().refused(&problem), return_to, None);
            frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
