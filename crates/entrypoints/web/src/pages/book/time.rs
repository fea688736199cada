//! `GET /book/{offering}`: the first step, choosing a free time.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Query, Site};
use kernel::OfferingId;
use overviews::availability;
use serde::{Deserialize, Serialize};
use site::links;

use super::{OrderSummary, Wanted};
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::free_times::{self, MonthParams, WallTime};
use crate::views::month;
use crate::views::{MonthView, TimeView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct ChooseTime {
    pub summary: OrderSummary,
    pub month: MonthView,
    /// Why the typed time cannot be used: on that night clocks skip it or show it twice.
    pub problem: Option<String>,
    /// Times that may be meant.
    pub choices: Vec<TimeView>,
    pub action: String,
    /// The wall time that was typed.
    pub local: String,
    /// Now, on the celebrity's clock: the earliest time the field takes.
    pub local_min: String,
}

/// The chosen month and day, or the typed wall time.
#[derive(Debug, Deserialize)]
pub(crate) struct TimeParams {
    month: Option<String>,
    day: Option<String>,
    local: Option<String>,
}

/// `GET /book/{offering}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Path(id): Path<OfferingId>,
    Query(asked): Query<TimeParams>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let wanted = Wanted::read(&mut connection, id, now).await?;
    if !wanted.offering.kind.takes_time() {
        return Ok(Redirect::to(&links::brief(id)).into_response());
    }
    let yours = frame.zone.unwrap_or(wanted.zone);
    let (mut problem, mut choices) = (None, Vec::new());
    match asked.local.as_deref().map(|local| free_times::wall_time(local, wanted.zone)) {
        Some(WallTime::One(at)) if availability::is_open(&mut connection, id, at, now).await? => {
            return Ok(Redirect::to(&free_times::brief_link(id, at)).into_response());
        }
        Some(WallTime::One(at)) if at <= now => {
            problem = Some("That time is over. Choose one that is still to come.".to_owned());
        }
        Some(WallTime::One(at)) => {
            problem = Some("That time is not free. The nearest free times are below.".to_owned());
            choices = availability::nearest(&mut connection, id, at, 4, now)
                .await?
                .into_iter()
                .map(|slot| slot.starts_at)
                .collect();
        }
        Some(WallTime::Unclear { problem: why, choices: both }) => (problem, choices) = (Some(why), both),
        None => {}
    }
    // A time that cannot be booked still turns the calendar to its month.
    let local = asked.local.unwrap_or_default();
    let turned = MonthParams { month: asked.month.or_else(|| local.get(..7).map(str::to_owned)), day: asked.day };
    let base = format!("{}?", links::book(id));
    let month =
        free_times::read(&mut connection, &wanted.offering, wanted.zone, frame.zone, &turned, &base, now).await?;
    frame.answer(&ChooseTime {
        summary: wanted.summary(None, frame.zone, now),
        month,
        problem,
        choices: choices
            .into_iter()
            .map(|at| month::choice(at, wanted.zone, yours, free_times::brief_link(id, at)))
            .collect(),
        action: links::book(id),
        local_min: now.with_timezone(&wanted.zone).format(free_times::WALL_TIME).to_string(),
        local,
    })
}

impl Template for ChooseTime {
    const TEMPLATE: &'static str = "pages/book/time.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let wanted = Wanted::sample();
        let choices = || {
            let choice = |at| month::choice(at, wanted.zone, samples::YOURS, "/book/1/brief".to_owned());
            samples::free_times().into_iter().take(3).map(choice).collect()
        };
        let page = |chosen, problem: Option<&str>| Self {
            summary: OrderSummary::sample(None),
            month: samples::month(chosen, &samples::free_times()),
            problem: problem.map(str::to_owned),
            choices: if problem.is_some() { choices() } else { Vec::new() },
            action: "/book/1".to_owned(),
            local: if problem.is_some() { "2027-03-28T01:30".to_owned() } else { String::new() },
            local_min: "2026-11-24T14:17".to_owned(),
        };
        let skipped = "On Sun 28 March the clocks in Lisbon go from 01:00 to 02:00, so 01:30 does not exist that night. Choose another time.";
        vec![("month", page(false, None)), ("day", page(true, None)), ("skipped-hour", page(true, Some(skipped)))]
    }
}
