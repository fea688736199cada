//! Offerings with what a booking copies from them, cached for two seconds: in a rush the same offering is read again and again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use calendar::{OpenRange, is_open_at};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use database::Connection;
use kernel::{
    BookingMode, CancellationPolicy, CelebrityId, Currency, FeeSchedule, Instant, Money, OfferingId, OfferingKind,
    PersonId, PortraitId, RefundTier,
};
use moka::future::Cache;
use sqlx::types::Json;

use crate::availability::{Board, BoardRow, reach_days};
use crate::error::OverviewError;
use crate::price::PriceTotal;

/// An offering with everything that a booking needs.
#[derive(Debug)]
pub struct BookableOffering {
    pub celebrity_id: CelebrityId,
    /// The person who logs in for the profile.
    pub person_id: Option<PersonId>,
    pub slug: String,
    pub stage_name: String,
    pub hue: i16,
    pub portrait_id: Option<PortraitId>,
    pub zone: Tz,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: String,
    pub price: PriceTotal,
    pub commission_bps: i32,
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub deliver_within_days: Option<i32>,
    pub policy: CancellationPolicy,
    board: Board,
}

/// A cache of offerings.
#[derive(Debug, Clone)]
pub struct Offers {
    seen: Cache<OfferingId, CachedOffering>,
}

#[derive(Debug, Clone)]
struct CachedOffering {
    offer: Arc<BookableOffering>,
    at: Instant,
}

/// How long an entry is used, and so how long an offering may be sold on its old terms after a change.
const FRESH: TimeDelta = TimeDelta::seconds(2);
const OFFERS_MAX: u64 = 5_000;

struct BookableRecord {
    offering_id: OfferingId,
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
    begins: Vec<Instant>,
    ends: Vec<Instant>,
    person_id: Option<PersonId>,
    slug: String,
    stage_name: String,
    hue: i16,
    portrait_id: Option<PortraitId>,
    kind: OfferingKind,
    mode: BookingMode,
    title: String,
    price_minor: i64,
    currency: Currency,
    deliver_within_days: Option<i32>,
    policy_key: String,
    policy_name: String,
    policy_tiers: Json<Vec<RefundTier>>,
    policy_grace_hours: i32,
    service_fee_bps: i32,
    fee_min_minor: i64,
    fee_max_minor: i64,
    commission_bps: i32,
}

impl Default for Offers {
    fn default() -> Self {
        // The cache's own clock only evicts; whether an entry is fresh is decided by the clock that is passed in.
        Self { seen: Cache::builder().max_capacity(OFFERS_MAX).time_to_live(Duration::from_secs(10)).build() }
    }
}

impl Offers {
    /// These offerings with everything that a booking copies. `None` for an offering that cannot be booked.
    pub async fn read(
        &self,
        connection: &mut Connection,
        ids: &[OfferingId],
        now: Instant,
    ) -> Result<Vec<Option<Arc<BookableOffering>>>, OverviewError> {
        let mut found = HashMap::new();
        for id in ids {
            if let Some(seen) = self.seen.get(id).await.filter(|seen| seen.is_fresh(now)) {
                found.insert(*id, seen.offer);
            }
        }
        let missing: Vec<_> = ids.iter().filter(|id| !found.contains_key(*id)).map(|id| id.0).collect();
        if !missing.is_empty() {
            let (today, first_day) = (now.date_naive(), reach_days(now.date_naive(), now.date_naive()).0);
            let rows = sqlx::query_file_as!(BookableRecord, "sql/offers.sql", &missing, first_day, today);
            for row in rows.fetch_all(connection).await? {
                let (id, offer) = (row.offering_id, Arc::new(BookableOffering::try_from(row)?));
                self.seen.insert(id, CachedOffering { offer: Arc::clone(&offer), at: now }).await;
                found.insert(id, offer);
            }
        }
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// Frees the memory of expired entries.
    pub async fn tidy(&self) {
        self.seen.run_pending_tasks().await;
    }
}

impl CachedOffering {
    fn is_fresh(&self, now: Instant) -> bool {
        self.at <= now && now < self.at + FRESH
    }
}

impl BookableOffering {
    /// Whether the time is on offer by opening hours, external calendars, lead time and horizon. Whether another
    /// booking has the time is decided only by the insert. An offering that takes no time is always on offer.
    pub fn has(&self, starts_at: Option<Instant>, now: Instant) -> bool {
        let (Some(rules), Some(starts_at)) = (&self.board.slot_rules, starts_at) else { return true };
        is_open_at(&self.board.rules, &self.board.busy, rules, starts_at, now)
    }
}

impl TryFrom<BookableRecord> for BookableOffering {
    type Error = OverviewError;

    fn try_from(row: BookableRecord) -> Result<Self, OverviewError> {
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
            begins: row.begins,
            ends: row.ends,
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
            policy: CancellationPolicy {
                key: row.policy_key,
                name: row.policy_name,
                tiers: row.policy_tiers.0,
                grace_hours: row.policy_grace_hours.into(),
            },
            board,
        })
    }
}
