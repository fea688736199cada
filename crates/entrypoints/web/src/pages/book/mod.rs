//! From an offering to a placed booking: time, brief, review.

pub(crate) mod brief;
pub(crate) mod conflict;
pub(crate) mod draft;
pub(crate) mod place;
pub(crate) mod review;
pub(crate) mod time;

use bookings::{Policy, Tier};
use catalog::{CancellationPolicy, Celebrity, Offering, OfferingMode, queries};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::{Answer, Problem};
use kernel::{FaultKind, OfferingId};
use overviews::price::{self, PriceTotal};
use serde::Serialize;
use site::links;

use crate::kit::format;
use crate::views::catalog as catalog_view;
use crate::views::{Hue, MoneyLine, samples};

/// The offering that is being booked, with whose it is and what it costs.
pub(crate) struct Wanted {
    pub offering: Offering,
    pub celebrity: Celebrity,
    pub price: PriceTotal,
    pub zone: Tz,
}

impl Wanted {
    /// Reads it; what cannot be booked here is refused.
    pub(crate) async fn read(connection: &mut Connection, id: OfferingId, now: DateTime<Utc>) -> Answer<Self> {
        let offering = queries::offering(connection, id).await?;
        let celebrity = queries::celebrity(connection, &offering.celebrity_id.to_string()).await?;
        let price = price::total(connection, id, now.date_naive()).await?;
        if offering.mode != OfferingMode::Instant {
            let detail = "This is booked by request, which is not possible here yet.";
            return Err(Problem::new(FaultKind::Conflict, "not_instant", detail));
        }
        let unknown = |_| Problem::new(FaultKind::Broken, "internal", "This is our mistake. Nothing was changed.");
        let zone = celebrity.time_zone.parse().map_err(unknown)?;
        Ok(Self { offering, celebrity, price, zone })
    }

    /// What stands beside every step; `yours` is the visitor's clock.
    pub(crate) fn summary(&self, starts_at: Option<DateTime<Utc>>, yours: Option<Tz>, now: DateTime<Utc>) -> Summary {
        let (offering, card) = (&self.offering, &self.celebrity.card);
        let length = TimeDelta::minutes(offering.duration_minutes.unwrap_or(0).into());
        let line = |label: String, amount: String, is_sum| MoneyLine { label, amount, is_sum };
        let what =
            offering.duration_minutes.map_or_else(|| catalog_view::kind(offering.kind).to_owned(), format::minutes);
        Summary {
            title: offering.title.clone(),
            kind: catalog_view::kind(offering.kind),
            name: card.stage_name.clone(),
            profile: links::celebrity(&card.slug),
            portrait: card.portrait_url().unwrap_or_default(),
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
                    format::policy::dated(&frozen(&offering.policy), at, None, now, self.zone)
                }
                _ => offering.policy.summary(),
            },
            takes_time: offering.kind.takes_time(),
        }
    }
}

/// The policy as a booking would keep it.
fn frozen(policy: &CancellationPolicy) -> Policy {
    let tier = |tier: &catalog::Tier| Tier {
        hours_before: tier.hours_before.into(),
        refund_percent: tier.refund_percent.into(),
    };
    Policy {
        key: policy.key.clone(),
        name: policy.name.clone(),
        tiers: policy.tiers.iter().map(tier).collect(),
        grace_hours: policy.grace_hours.into(),
    }
}

/// What is being booked, beside every step.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
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

impl Summary {
    fn sample(with_time: Option<()>) -> Self {
        Self {
            title: "Two songs at your launch".to_owned(),
            kind: "Appearance",
            name: "Juno Park".to_owned(),
            profile: "/celebrities/juno-park".to_owned(),
            portrait: samples::portrait(2),
            hue: Hue::from(145),
            when: with_time
                .map(|()| "Sat 12 December 2026, 20:00–20:40 in Lisbon · 21:00 for you in Berlin".to_owned()),
            change_time: with_time.map(|()| "/book/1".to_owned()),
            lines: samples::sums(),
            policy: "Free cancellation until Mon 7 December, 20:00. After that nothing is paid back.".to_owned(),
            takes_time: true,
        }
    }
}
