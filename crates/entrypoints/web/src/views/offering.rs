//! Something on offer, with its whole price.

use catalog::{Offering, policy_summary};
use kernel::{BookingMode, Money, OfferingKind};
use serde::Serialize;
use site::links;

use crate::kit::format;

/// Something a celebrity offers, with the whole price.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OfferingCard {
    pub href: String,
    /// Shows this offering's free times on the profile.
    pub times_href: Option<String>,
    pub is_current: bool,
    /// `Video call`.
    pub kind: &'static str,
    pub title: String,
    pub description: String,
    /// `40 minutes`, `Delivered within 7 days`.
    pub facts: Vec<String>,
    /// `$1,155.00`: the price with every fee.
    pub total: String,
    /// `$1,100.00 + $55.00 service fee`.
    pub makeup: String,
    pub policy_name: String,
    /// The cancellation policy in words.
    pub policy: String,
    /// Whether it can be booked and paid at once.
    pub is_instant: bool,
}

/// An offering with its whole price.
pub(crate) fn offering(offering: &Offering, service_fee: Money, slug: &str, is_current: bool) -> OfferingCard {
    let total = Money::new(offering.price.amount_minor + service_fee.amount_minor, offering.price.currency);
    let takes_time = offering.kind.takes_time();
    OfferingCard {
        href: if takes_time { links::book(offering.id) } else { links::brief(offering.id) },
        times_href: takes_time.then(|| format!("{}?offering={}#times", links::celebrity(slug), offering.id)),
        is_current,
        kind: kind(offering.kind),
        title: offering.title.clone(),
        description: offering.description.clone(),
        facts: facts(offering),
        total: total.to_string(),
        makeup: format!("{} + {service_fee} service fee", offering.price),
        policy_name: offering.policy.name.clone(),
        policy: policy_summary(&offering.policy),
        is_instant: offering.mode == BookingMode::Instant,
    }
}

/// What pages call a kind of offering.
pub(crate) const fn kind(kind: OfferingKind) -> &'static str {
    match kind {
        OfferingKind::VideoCall => "Video call",
        OfferingKind::Appearance => "Appearance",
        OfferingKind::PersonalVideo => "Personal video",
        OfferingKind::Endorsement => "Endorsement",
    }
}

fn facts(offering: &Offering) -> Vec<String> {
    let length = offering.duration_minutes.map(format::minutes);
    let delivery = offering
        .deliver_within_days
        .map(|days| format!("Delivered within {}", format::counted(days.into(), "day", "days")));
    let lead = (offering.lead_time_minutes > 0 && offering.kind.takes_time())
        .then(|| format!("Book at least {} ahead", format::minutes(offering.lead_time_minutes)));
    [length, delivery, lead].into_iter().flatten().collect()
}
