//! `GET /book/{offering}/brief`: the second step, the brief.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bookings::commands::check_brief;
use chrono::{DateTime, Utc};
use entry::{Answer, Path, Query, Site};
use http::{HeaderMap, StatusCode};
use kernel::{Dated, Fault, OfferingId, OfferingKind};
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::{OrderSummary, Wanted};
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::free_times::instant;
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Brief {
    pub summary: OrderSummary,
    pub action: String,
    pub form: Form,
    /// Advice by kind of offering.
    pub hint: &'static str,
    /// Characters the brief may have.
    pub length_max: usize,
}

/// The time that was picked; none for what takes no time.
#[derive(Debug, Deserialize)]
pub(crate) struct Picked {
    starts_at: Option<Dated<DateTime<Utc>>>,
}

impl Picked {
    /// The time, within the years that can be shown.
    pub(super) fn time(&self) -> Option<DateTime<Utc>> {
        self.starts_at.map(Dated::get)
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    brief: String,
}

/// `GET /book/{offering}/brief`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    headers: HeaderMap,
    Path(id): Path<OfferingId>,
    Query(picked): Query<Picked>,
) -> Answer<Response> {
    let brief = Draft::of(&headers, id).map(|draft| draft.brief).unwrap_or_default();
    draw(&site, &frame, id, picked.time(), Form::with([("brief", brief)]), StatusCode::OK).await
}

/// `POST /book/{offering}/brief`: stores the brief in a cookie and goes on to the review.
pub(crate) async fn keep(
    State(site): State<Site>,
    frame: Frame,
    Path(id): Path<OfferingId>,
    Query(picked): Query<Picked>,
    Posted(words): Posted<Words>,
) -> Answer<Response> {
    let brief = words.brief.trim().replace("\r\n", "\n");
    let fault = match check_brief(&brief) {
        Err(error) => error.fields().into_iter().next().map(|fault| fault.message),
        Ok(_) => None,
    };
    if let Some(fault) = fault {
        let form = Form::with([("brief", brief)]).fault("brief", &fault);
        return draw(&site, &frame, id, picked.time(), form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let time = picked.time().map(|at| format!("?starts_at={}", instant(at))).unwrap_or_default();
    Ok(Draft { offering: id, brief }.keep(Redirect::to(&format!("{}{time}", links::review(id)))))
}

async fn draw(
    site: &Site,
    frame: &Frame,
    id: OfferingId,
    starts_at: Option<DateTime<Utc>>,
    form: Form,
    status: StatusCode,
) -> Answer<Response> {
    let now = site.clock.now();
    let wanted = Wanted::read(&mut *site.database.acquire().await?, id, now).await?;
    if wanted.offering.kind.takes_time() && starts_at.is_none() {
        return Ok(Redirect::to(&links::book(id)).into_response());
    }
    let time = starts_at.map(|at| format!("?starts_at={}", instant(at))).unwrap_or_default();
    let page = Brief {
        summary: wanted.summary(starts_at, frame.zone, now),
        action: format!("{}{time}", links::brief(id)),
        form,
        hint: hint(wanted.offering.kind),
        length_max: 2_000,
    };
    frame.answer_as(status, &page)
}

const fn hint(kind: OfferingKind) -> &'static str {
    match kind {
        OfferingKind::VideoCall => "Who will be in the call, what is it about, and what are you hoping for?",
        OfferingKind::Appearance => {
            "Where it is, who will be there, and what you are hoping for. Is there a stage, a piano, a microphone?"
        }
        OfferingKind::PersonalVideo => {
            "Who is it for, how are names pronounced, and what should be said, or rather not?"
        }
        OfferingKind::Endorsement => "What is it for, where will it be seen, and for how long?",
    }
}

impl Template for Brief {
    const TEMPLATE: &'static str = "pages/book/brief.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form| Self {
            summary: OrderSummary::sample(Some(samples::starts_at())),
            action: "/book/1/brief".to_owned(),
            form,
            hint: hint(samples::offering(0).kind),
            length_max: 2_000,
        };
        let faulty = Form::with([("brief", "Launch".to_owned())])
            .fault("brief", "Say in at least 10 characters what it is for.");
        vec![("empty", page(Form::default())), ("faulty", page(faulty))]
    }
}
