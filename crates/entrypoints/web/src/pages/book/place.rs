//! `POST /book/{offering}`: places the booking and goes on to paying, or says who was faster.

use axum::extract::State;
use axum::response::{Redirect, Response};
use chrono::{DateTime, Utc};
use database::idempotency::{self, Attempt, Found};
use entry::{Answer, Path, Problem, SignedIn, Site};
use http::StatusCode;
use kernel::secret::sha256;
use kernel::{Fault, FaultKind, Instant, OfferingId};
use serde::Deserialize;
use site::links;
use uuid::Uuid;
use workflows::WorkflowError;
use workflows::booking::{FreeTime, PlaceBooking, Placed, Receipt};

use super::conflict::{Alternative, Conflict};
use super::draft;
use super::{Wanted, review};
use crate::kit::extract::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::pages::free_times::brief_link;
use crate::views::month;

/// What the review sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Reviewed {
    attempt: String,
    starts_at: Option<DateTime<Utc>>,
    brief: String,
}

/// `POST /book/{offering}`
pub(crate) async fn place(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    frame: Frame,
    Path(id): Path<OfferingId>,
    Form(reviewed): Form<Reviewed>,
) -> Answer<Response> {
    // Only the review makes attempts, and it makes them as UUIDs.
    let attempt = Uuid::parse_str(&reviewed.attempt)
        .map_err(|_| Problem::new(FaultKind::Invalid, "invalid_form", "Send the form from its page."))?;
    // The same click twice is the same booking.
    let said = format!("{id} {:?} {}", reviewed.starts_at, reviewed.brief);
    let attempt = Attempt {
        actor_id: caller.id.0,
        route: "POST /book".to_owned(),
        key: attempt.simple().to_string(),
        request_hash: sha256(said.as_bytes()),
    };
    let order = PlaceBooking {
        offering: id,
        starts_at: reviewed.starts_at,
        time_zone: frame.zone.map(|zone| zone.name().to_owned()),
        brief: reviewed.brief.replace("\r\n", "\n"),
    };
    let brief = order.brief.clone();
    let receipt = Receipt { attempt: attempt.clone(), status: StatusCode::SEE_OTHER.as_u16(), body: checkout };
    let error = match workflows::booking::place(&site, &caller, order, receipt).await {
        Ok(to) => return Ok(on_to(&to)),
        Err(error) => error,
    };
    if matches!(error.kind(), FaultKind::Invalid | FaultKind::Conflict) {
        // Refused, perhaps, because the first of two clicks got it.
        if let Some(answer) = earlier(&site, &attempt).await? {
            return Ok(answer);
        }
    }
    let is_taken = matches!(error, WorkflowError::SlotTaken { .. });
    match (error, reviewed.starts_at) {
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

/// Where a booking that was just placed leads.
fn checkout(placed: Placed, _: Instant) -> Vec<u8> {
    links::checkout(placed.booking.id).into_bytes()
}

fn on_to(link: &[u8]) -> Response {
    draft::forget(Redirect::to(&String::from_utf8_lossy(link)))
}

/// Where the same click led before.
async fn earlier(site: &Site, attempt: &Attempt) -> Answer<Option<Response>> {
    let mut connection = site.database.acquire().await?;
    match idempotency::find(&mut connection, attempt).await? {
        Found::Nothing => Ok(None),
        Found::Replay { body, .. } => Ok(Some(on_to(&body))),
        Found::Mismatch => Err(doubled()),
    }
}

fn doubled() -> Problem {
    let detail = "This was sent before, with other words. Look at your bookings: the first one counts.";
    Problem::new(FaultKind::Conflict, "attempt_used", detail)
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
    let (theirs, yours) = (wanted.zone, frame.zone.unwrap_or(wanted.zone));
    let alternative = |free: FreeTime| Alternative {
        day: format::day(free.starts_at.with_timezone(&theirs).date_naive()),
        time: month::time_view(free.starts_at, theirs, yours, brief_link(id, free.starts_at)),
    };
    let wanted_words = wanted_at.with_timezone(&theirs).format("%a %-d %B, %H:%M");
    let page = Conflict {
        summary: wanted.summary(None, frame.zone, now),
        is_taken,
        wanted: format!("{wanted_words} in {}", format::city_of(theirs)),
        alternatives: alternatives.into_iter().map(alternative).collect(),
        all_times: links::book(id),
    };
    frame.answer_as(StatusCode::CONFLICT, &page)
}
