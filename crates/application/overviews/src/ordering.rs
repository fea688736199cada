//! What a booking needs to know of an offering and its celebrity at the moment it is placed, in one round trip
//! for all that are placed together.

use calendar::{OpenRange, is_open_at};
use chrono::NaiveDate;
use chrono_tz::Tz;
use database::Connection;
use kernel::{CelebrityId, Currency, FeeSchedule, Instant, Money, OfferingId, PersonId, PortraitId};
use sqlx::types::Json;

use crate::OverviewError;
use crate::availability::{Board, BoardRow, reach_days};
use crate::price::PriceTotal;

/// An offering as it can be ordered now.
#[derive(Debug, Clone)]
pub struct Orderable {
    pub celebrity_id: CelebrityId,
    /// Who logs in for the profile.
    pub person_id: Option<PersonId>,
    pub slug: String,
    pub stage_name: String,
    pub hue: i16,
    pub portrait_id: Option<PortraitId>,
    pub zone: Tz,
    /// `video_call`, `appearance`, `personal_video` or `endorsement`.
    pub kind: String,
    /// `instant`, `request` or `quote`.
    pub mode: String,
    pub title: String,
    pub price: PriceTotal,
    pub commission_bps: i32,
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub deliver_within_days: Option<i32>,
    pub policy_key: String,
    pub policy_name: String,
    /// A list of `{hours_before, refund_percent}`.
    pub policy_tiers: serde_json::Value,
    pub policy_grace_hours: i32,
    /// Whether the wanted time is on offer by the rules. Whether somebody has it only taking it tells.
    pub is_offered: bool,
}

struct Row {
    number: i64,
    board_celebrity_id: CelebrityId,
    time_zone: String,
    duration_minutes: Option<i32>,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    step_minutes: i32,
    lead_time_minutes: i32,
    horizon_days: i32,
    weekly: Json<Vec<(u8, u16, u16)>>,
    exceptions: Json<Vec<(NaiveDate, Vec<OpenRange>)>>,
    person_id: Option<PersonId>,
    slug: String,
    stage_name: String,
    hue: i16,
    portrait_id: Option<PortraitId>,
    kind: String,
    mode: String,
    title: String,
    price_minor: i64,
    currency: Currency,
    deliver_within_days: Option<i32>,
    policy_key: String,
    policy_name: String,
    policy_tiers: serde_json::Value,
    policy_grace_hours: i32,
    service_fee_bps: i32,
    fee_min_minor: i64,
    fee_max_minor: i64,
    commission_bps: i32,
}

/// Offerings with everything that is frozen into bookings of them, each with the time that is wanted of it; what takes no time
/// ignores it. `None` where there is nothing to order.
pub async fn orderables(
    connection: &mut Connection,
    wanted: &[(OfferingId, Option<Instant>)],
    now: Instant,
) -> Result<Vec<Option<Orderable>>, OverviewError> {
    let days: Vec<NaiveDate> = wanted.iter().map(|(_, starts_at)| starts_at.unwrap_or(now).date_naive()).collect();
    let (first_days, last_days): (Vec<_>, Vec<_>) = days.iter().map(|&day| reach_days(day, day)).unzip();
    let ids: Vec<_> = wanted.iter().map(|(id, _)| id.0).collect();
    let today = now.date_naive();
    let rows = sqlx::query_file_as!(Row, "sql/orderables.sql", &ids, &first_days, &last_days, today)
        .fetch_all(connection)
        .await?;
    let mut found: Vec<Option<Orderable>> = wanted.iter().map(|_| None).collect();
    for row in rows {
        let index = usize::try_from(row.number - 1).expect("rows are numbered from one");
        found[index] = Some(Orderable::at(row, wanted[index].1, now)?);
    }
    Ok(found)
}

impl Orderable {
    fn at(row: Row, starts_at: Option<Instant>, now: Instant) -> Result<Self, OverviewError> {
        let schedule = FeeSchedule {
            service_fee_bps: row.service_fee_bps,
            fee_min_minor: row.fee_min_minor,
            fee_max_minor: row.fee_max_minor,
            commission_bps: row.commission_bps,
        };
        let board: Board = BoardRow {
            celebrity_id: row.board_celebrity_id,
            time_zone: row.time_zone,
            duration_minutes: row.duration_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            step_minutes: row.step_minutes,
            lead_time_minutes: row.lead_time_minutes,
            horizon_days: row.horizon_days,
            weekly: row.weekly,
            exceptions: row.exceptions,
            begins: Vec::new(),
            ends: Vec::new(),
        }
        .try_into()?;
        Ok(Self {
            celebrity_id: board.celebrity_id,
            person_id: row.person_id,
            slug: row.slug,
            stage_name: row.stage_name,
            hue: row.hue,
            portrait_id: row.portrait_id,
            zone: board.rules.zone,
            kind: row.kind,
            mode: row.mode,
            title: row.title,
            price: PriceTotal::of(Money::new(row.price_minor, row.currency), &schedule),
            commission_bps: row.commission_bps,
            duration_minutes: row.duration_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            deliver_within_days: row.deliver_within_days,
            policy_key: row.policy_key,
            policy_name: row.policy_name,
            policy_tiers: row.policy_tiers,
            policy_grace_hours: row.policy_grace_hours,
            is_offered: is_offered(&board, starts_at, now),
        })
    }
}

/// By the celebrity's hours and the offering's lead time and horizon.
fn is_offered(board: &Board, starts_at: Option<Instant>, now: Instant) -> bool {
    let (Some(terms), Some(starts_at)) = (&board.terms, starts_at) else { return true };
    is_open_at(&board.rules, &[], terms, starts_at, now)
}
