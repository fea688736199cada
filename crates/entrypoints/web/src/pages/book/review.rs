//! `GET /book/{offering}/review`: the last step, a review of everything before the booking is placed.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use entry::{Answer, Path, Query, Site};
use http::{HeaderMap, StatusCode};
use kernel::OfferingId;
use serde::Serialize;

use super::brief::Picked;
use super::draft::Draft;
use super::{OrderSummary, Wanted};
use crate::kit::attempt;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::free_times::{brief_link, instant};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct ReviewStep {
    pub summary: OrderSummary,
    pub action: String,
    /// As an instant, for the form.
    pub starts_at: Option<String>,
    pub brief: String,
    pub brief_href: String,
    /// The attempt id, so that a double click places one booking.
    pub attempt: String,
    /// Why it was not placed.
    pub problem: Option<String>,
}

/// `GET /book/{offering}/review`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<OfferingId>,
    Query(picked): Query<Picked>,
) -> Answer<Response> {
    let back = picked.time().map_or_else(|| links::brief(id), |at| brief_link(id, at));
    let Some(draft) = Draft::of(&headers, id) else { return Ok(Redirect::to(&back).into_response()) };
    draw(&site, &frame, id, picked.time(), draft.brief, None).await
}

/// The review of what was chosen; with a problem when it could not be placed.
pub(super) async fn draw(
    site: &Site,
    frame: &Frame,
    id: OfferingId,
    starts_at: Option<DateTime<Utc>>,
    brief: String,
    problem: Option<String>,
) -> Answer<Response> {
    let now = site.clock.now();
    let wanted = Wanted::read(&mut *site.database.acquire().await?, id, now).await?;
    if wanted.offering.kind.takes_time() && starts_at.is_none() {
        return Ok(Redirect::to(&links::book(id)).into_response());
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ReviewStep {
        summary: wanted.summary(starts_at, frame.zone, now),
        action: links::book(id),
        starts_at: starts_at.map(instant),
        brief,
        brief_href: starts_at.map_or_else(|| links::brief(id), |at| brief_link(id, at)),
        attempt: attempt::new(site),
        problem,
    };
    frame.answer_as(status, &page)
}

impl Template for ReviewStep {
    const TEMPLATE: &'static str = "pages/book/review.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |problem: Option<&str>| Self {
            summary: OrderSummary::sample(Some(samples::starts_at())),
            action: "/book/1".to_owned(),
            starts_at: Some(instant(samples::starts_at())),
            brief: samples::held().brief,
            brief_href: "/book/1/brief".to_owned(),
            attempt: "sample".to_owned(),
            problem: problem.map(str::to_owned),
        };
        vec![
            ("ready", page(None)),
            ("refused", page(Some("This celebrity does not take bookings at the moment. Nothing was booked."))),
        ]
    }
}
