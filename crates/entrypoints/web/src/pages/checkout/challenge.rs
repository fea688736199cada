//! `GET /sandbox/cards/{ref}`: stands for the page of a bank that asks whether it is really you.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Site};
use serde::{Deserialize, Serialize};
use workflows::payment::{Challenge, answer_challenge, load_challenge};

use crate::kit::extract::Posted;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct BankQuestion {
    pub action: String,
    pub amount: String,
    /// Whether there is nothing to answer any more.
    pub is_over: bool,
    pub return_to: String,
}

/// The payer's answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    decision: Decision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Approve,
    Refuse,
}

/// `GET /sandbox/cards/{ref}`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, Path(reference): Path<String>) -> Answer<Response> {
    draw(&frame, &reference, load_challenge(&site, &reference).await?)
}

/// `POST /sandbox/cards/{ref}`
pub(crate) async fn answer(
    State(site): State<Site>,
    frame: Frame,
    Path(reference): Path<String>,
    Posted(answered): Posted<Answered>,
) -> Answer<Response> {
    answer_challenge(&site, &reference, answered.decision == Decision::Approve).await?;
    let challenge = load_challenge(&site, &reference).await?;
    if let Some(path) = site.settings.own_path(&challenge.return_url) {
        return Ok(Redirect::to(path).into_response());
    }
    // Browsers do not let the answer to a form lead to another site, so the payer follows a link there.
    draw(&frame, &reference, challenge)
}

fn draw(frame: &Frame, reference: &str, challenge: Challenge) -> Answer<Response> {
    let Challenge { amount, is_over, return_url } = challenge;
    let action = links::sandbox_card(reference);
    frame.answer(&BankQuestion { action, amount: amount.to_string(), is_over, return_to: return_url })
}

impl Template for BankQuestion {
    const TEMPLATE: &'static str = "pages/checkout/challenge.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |is_over| Self {
            action: "/sandbox/cards/sample".to_owned(),
            amount: "$1,155.00".to_owned(),
            is_over,
            return_to: "https://stagedoor.example/bookings/1/checkout".to_owned(),
        };
        vec![("asking", page(false)), ("over", page(true))]
    }
}
