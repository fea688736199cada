//! `POST /book/{offering}`: places the booking and goes on to checkout, or shows why that failed.

use axum::extract::State;
use axum::response::{Redirect, Response};
use chrono::{DateTime, Utc};
use database::idempotency::{self, CallAttempt, Found};
use entry::{Answer, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{Dated, Fault, FaultKind, Instant, OfferingId};
use serde::Deserialize;
use site::links;
use workflows::AnswerTemplate;
use workflows::WorkflowError;
use workflows::booking::{FreeTime, PlaceBooking, Placed};

use super::conflict::Conflict;
use super::draft;
use super::{Wanted, review};
use crate::kit::attempt;
use crate::kit::extract::Posted;
use crate::kit::frame::Frame;

/// What the review sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Reviewed {
    attempt: String,
    starts_at: Option<Dated<Instant>>,
    brief: String,
}

/// `POST /book/{offering}`
pub(crate) async fn place(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    frame: Frame,
    Path(id): Path<OfferingId>,
    Posted(reviewed): Posted<Reviewed>,
) -> Answer<Response> {
    let starts_at = reviewed.starts_at.map(Dated::get);
    let content = format!("{id} {:?} {}", starts_at, reviewed.brief);
    let attempt = attempt::read(&caller, "POST /book", &reviewed.attempt, &content)?;
    let order = PlaceBooking {
        offering: id,
        starts_at,
        time_zone: frame.zone.map(|zone| zone.name().to_owned()),
        brief: reviewed.brief.replace("\r\n", "\n"),
    };
    let brief = order.brief.clone();
    let template = AnswerTemplate { attempt: attempt.clone(), status: StatusCode::SEE_OTHER.as_u16(), body: checkout };
    let error = match workflows::booking::place(&site, &caller, order, template).await {
        Ok(to) => return Ok(on_to(&to)),
        Err(error) => error,
    };
    if matches!(error.kind(), FaultKind::Invalid | FaultKind::Conflict) {
        // After a double click the first request may have the time; then its answer is the answer.
        if let Some(answer) = earlier(&site, &attempt).await? {
            return Ok(answer);
        }
    }
    let is_taken = matches!(error, WorkflowError::SlotTaken { .. });
    match (error, starts_at) {
        (WorkflowError::SlotTaken { alternatives } | WorkflowError::NotOffered { alternatives }, Some(wanted_at)) => {
            conflict(&site, &frame, id, wanted_at, is_taken, alternatives).await
        }
        (error, starts_at) if matches!(error.kind(), FaultKind::Invalid | FaultKind::Conflict) => {
            let message = error.fields().into_iter().next().map_or_else(|| error.to_string(), |fault| fault.message);
            review::draw(&site, &frame, id, starts_at, brief, Some(message)).await
        }
        (error, _) => Err(error.into()),
    }
}

/// Where a placed booking leads: its checkout.
fn checkout(placed: Placed, _: Instant) -> Vec<u8> {
    links::checkout(placed.booking.id).into_bytes()
}

fn on_to(link: &[u8]) -> Response {
    draft::forget(Redirect::to(&String::from_utf8_lossy(link)))
}

/// The redirect of an earlier request with this attempt, if there was one.
async fn earlier(site: &Site, attempt: &CallAttempt) -> Answer<Option<Response>> {
    let mut connection = site.database.acquire().await?;
    match idempotency::find(&mut connection, attempt).await? {
        Found::Nothing => Ok(None),
        Found::Replay { body, .. } => Ok(Some(on_to(&body))),
        Found::Mismatch => Err(attempt::changed()),
    }
}

async fn conflict(
    site: &Site,
    frame: &Frame,
    id: OfferingId,
    wanted_at: DateTime<Utc>,
    is_taken: bool,
    alternatives: Vec<FreeTime>,
) -> Answer<Response> {
    let now = site.clock.now();
    let wanted = Wanted::read(&mut *site.database.acquire().await?, id, now).await?;
    let free: Vec<DateTime<Utc>> = alternatives.iter().map(|free| free.starts_at).collect();
    let page = Conflict::of(&wanted, wanted_at, is_taken, &free, frame.zone, now);
    frame.answer_as(StatusCode::CONFLICT, &page)
}
