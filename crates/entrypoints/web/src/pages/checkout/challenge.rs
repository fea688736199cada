//! `GET /sandbox/cards/{ref}`: stands for the page of a bank that asks whether it is really you.

use axum::extract::State;
use axum::response::{Redirect, Response};
use entry::{Answer, Path, SignedIn, Site};
use payments::LegState;
use serde::{Deserialize, Serialize};
use workflows::payment::{answer_challenge, see_challenge};

use crate::kit::extract::Posted;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct BankQuestion {
    pub action: String,
    pub amount: String,
    /// Whether the question was answered before.
    pub is_answered: bool,
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
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(reference): Path<String>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let (intent, leg) = see_challenge(&mut connection, &caller, &reference).await?;
    frame.answer(&BankQuestion {
        action: links::sandbox_card(&reference),
        amount: leg.share.to_string(),
        is_answered: leg.state != LegState::ActionRequired,
        return_to: links::booking(intent.booking),
    })
}

/// `POST /sandbox/cards/{ref}`
pub(crate) async fn answer(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(reference): Path<String>,
    Posted(answered): Posted<Answered>,
) -> Answer<Redirect> {
    let mut connection = site.database.acquire().await?;
    let (intent, _) = see_challenge(&mut connection, &caller, &reference).await?;
    drop(connection);
    let approved = answered.decision == Decision::Approve;
    answer_challenge(&site, &reference, approved).await?;
    Ok(Redirect::to(&if approved { links::booking(intent.booking) } else { links::checkout(intent.booking) }))
}

impl Template for BankQuestion {
    const TEMPLATE: &'static str = "pages/checkout/challenge.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |is_answered| Self {
            action: "/sandbox/cards/sample".to_owned(),
            amount: "$1,155.00".to_owned(),
            is_answered,
            return_to: "/bookings/1".to_owned(),
        };
        vec![("asking", page(false)), ("answered", page(true))]
    }
}
