//! `GET /api/celebrities/{celebrity}/availability`

use axum::extract::State;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use entry::{Answer, Path, Problem, Query, Site};
use kernel::OfferingId;
use serde::{Deserialize, Serialize};

use crate::input;

/// The most days of one request.
const DAYS_MAX: i64 = 62;

/// Which offering, which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AvailabilityQuery {
    offering_id: OfferingId,
    /// The first day, in `tz`.
    from: NaiveDate,
    /// The last day, in `tz`; at most 62 days are looked at.
    to: NaiveDate,
    /// IANA name; the celebrity's own when left out.
    tz: Option<String>,
}

/// Free times.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AvailabilityView {
    /// Of `from`, `to` and `local`.
    time_zone: String,
    celebrity_time_zone: String,
    slots: Vec<SlotView>,
}

/// One free time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// The start as wall time in `time_zone`: `2026-12-12T20:00`.
    local: String,
}

/// Free times of one offering.
#[utoipa::path(get, path = "/api/celebrities/{celebrity}/availability", operation_id = "list_free_times", tag = "catalog",
    params(("celebrity" = String, Path, description = "Slug or id"), AvailabilityQuery),
        responses((status = 200, body = AvailabilityView)))]
pub(super) async fn handle(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(query): Query<AvailabilityQuery>,
) -> Answer<axum::Json<AvailabilityView>> {
    let (from, to) = (input::date("from", query.from)?, input::date("to", query.to)?);
    if from > to {
        return Err(input::fault("to", "before_from", "The last day lies before the first."));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(input::fault("to", "too_many_days", "Ask for at most 62 days at once."));
    }
    let asked_zone = query.tz.map(|name| name.parse::<Tz>()).transpose();
    let asked_zone =
        asked_zone.map_err(|_| input::fault("tz", "unknown", "Use an IANA time zone such as Europe/Lisbon."))?;
    let mut connection = site.database.acquire().await?;
    let celebrity = ::catalog::queries::celebrity(&mut connection, &input::name(name)?).await?;
    // In the celebrity's zone it may be a day earlier or later.
    let (wide_from, wide_to) = (from - Days::new(1), to + Days::new(1));
    let now = site.clock.now();
    let free = overviews::availability::slots(&mut connection, query.offering_id, wide_from, wide_to, now).await?;
    if free.celebrity_id != celebrity.card.id {
        return Err(Problem::not_found());
    }
    let zone = asked_zone.unwrap_or(free.zone);
    let slots = free.slots.iter().filter_map(|slot| {
        let local = slot.starts_at.with_timezone(&zone).naive_local();
        (from..=to).contains(&local.date()).then(|| SlotView {
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            local: local.format("%Y-%m-%dT%H:%M").to_string(),
        })
    });
    let slots = slots.collect();
    Ok(axum::Json(AvailabilityView {
        time_zone: zone.name().to_owned(),
        celebrity_time_zone: free.zone.name().to_owned(),
        slots,
    }))
}
