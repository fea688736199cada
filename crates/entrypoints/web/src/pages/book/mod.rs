//! From an offering to a placed booking: time, brief, review.

pub(crate) mod brief;
pub(crate) mod conflict;
pub(crate) mod draft;
pub(crate) mod place;
pub(crate) mod review;
pub(crate) mod time;

use catalog::{Celebrity, Offering, policy_summary, queries};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::{Answer, Problem};
use kernel::{BookingMode, FaultKind, OfferingId};
use overviews::price::{self, PriceTotal};
use serde::Serialize;
use site::links;

use crate::kit::format;
use crate::views::offering::kind;
use crate::views::{Hue, MoneyLine, samples};

/// The offering being booked, with its celebrity and its price.
pub(crate) struct Wanted {
    pub offering: Offering,
    pub celebrity: Celebrity,
    pub price: PriceTotal,
    pub zone: Tz,
}

impl Wanted {
    /// Reads the offering; refuses one that cannot be booked on pages.
    pub(crate) async fn read(connection: &mut Connection, id: OfferingId, now: DateTime<Utc>) -> Answer<Self> {
        let offering = queries::offering(connection, id).await?;
        let celebrity = queries::celebrity(connection, &offering.celebrity_id.to_string()).await?;
        let price = price::total(connection, id, now.date_naive()).await?;
        if offering.mode != BookingMode::Instant {
            let detail = "This is booked by request, which is not possible here yet.";
            return Err(Problem::new(FaultKind::Conflict, "not_instant", detail));
        }
        let unknown = |_| Problem::new(FaultKind::Broken, "internal", "This is our mistake. Nothing was changed.");
        let zone = celebrity.time_zone.parse().map_err(unknown)?;
        Ok(Self { offering, celebrity, price, zone })
    }

    /// The summary beside every step; `yours` is the visitor's time zone.
    pub(crate) fn summary(
        &self,
        starts_at: Option<DateTime<Utc>>,
        yours: Option<Tz>,
        now: DateTime<Utc>,
    ) -> OrderSummary {
        let (offering, card) = (&self.offering, &self.celebrity.card);
        let length = TimeDelta::minutes(offering.duration_minutes.unwrap_or(0).into());
        let line = |label: String, amount: String, is_sum| MoneyLine { label, amount, is_sum };
        let what = offering.duration_minutes.map_or_else(|| kind(offering.kind).to_owned(), format::minutes);
        OrderSummary {
            title: offering.title.clone(),
            kind: kind(offering.kind),
            name: card.stage_name.clone(),
            profile: links::celebrity(&card.slug),
            portrait: card.portrait_id.map(links::portrait).unwrap_or_default(),
            hue: Hue::from(card.hue),
            when: starts_at.map(|at| format::both_clocks(at, at + length, self.zone, yours.unwrap_or(self.zone))),
            change_time: starts_at.map(|_| links::book(offering.id)),
            lines: vec![
                line(what, self.price.price.to_string(), false),
                line("Service fee".to_owned(), self.price.service_fee.to_string(), false),
                line("Total".to_owned(), self.price.total.to_string(), true),
            ],
            policy: match starts_at {
                Some(at) if !offering.policy.tiers.is_empty() => {
                    format::policy::dated(&offering.policy, at, None, now, self.zone)
                }
                _ => policy_summary(&offering.policy),
            },
            takes_time: offering.kind.takes_time(),
        }
    }
}

/// The summary beside every step.
#[derive(Debug, Serialize)]
pub(crate) struct OrderSummary {
    pub title: String,
    pub kind: &'static str,
    pub name: String,
    pub profile: String,
    pub portrait: String,
    pub hue: Hue,
    /// On both clocks; none before a time is chosen or when none is needed.
    pub when: Option<String>,
    /// Back to the first step.
    pub change_time: Option<String>,
    pub lines: Vec<MoneyLine>,
    /// The cancellation policy in words.
    pub policy: String,
    /// Whether a time has to be chosen at all.
    pub takes_time: bool,
}

impl Wanted {
    fn sample() -> Self {
        let (offering, celebrity) = (samples::offering(0), samples::celebrity());
        let zone = celebrity.time_zone.parse().unwrap_or(Tz::UTC);
        Self { price: samples::price(&offering), offering, celebrity, zone }
    }
}

impl OrderSummary {
    fn sample(starts_at: Option<DateTime<Utc>>) -> Self {
        let summary = Wanted::sample().summary(starts_at, Some(samples::YOURS), samples::now());
        Self { portrait: samples::portrait(2), ..summary }
    }
}
