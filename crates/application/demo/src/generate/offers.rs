//! The offerings of a celebrity and their prices.

use kernel::{BookingMode, Instant, OfferingKind};
use uuid::Uuid;

use crate::dice::{Dice, id};
use crate::words::stories::{CALLS, ENDORSEMENTS, EVENINGS, VIDEOS};
use crate::words::trades::Trade;

/// An offering.
#[derive(Debug, Clone)]
pub struct Offer {
    pub id: Uuid,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: &'static str,
    pub description: &'static str,
    pub price_minor: i64,
    /// Time on the calendar; zero for offerings without a time.
    pub duration_minutes: i32,
    pub buffer_minutes: i32,
    pub step_minutes: i32,
    pub lead_minutes: i32,
    pub deliver_within_days: Option<i32>,
    pub policy_key: &'static str,
}

impl Offer {
    /// Whether it takes time on the calendar.
    pub const fn is_timed(&self) -> bool {
        self.duration_minutes > 0
    }
}

/// The offerings of a celebrity with this fame (1 is the most famous) and trade; at least one takes time.
pub fn offers(seed: u64, star: usize, fame: f64, trade: &'static Trade, joined: Instant) -> Vec<Offer> {
    let mut dice = Dice::new(seed, "offers", star as u64);
    // A call with the most famous costs about thirty times as much as one with a beginner.
    let call_major = (42.0 + 1_150.0 * fame) * trade.price_percent as f64 / 100.0 * (0.8 + 0.4 * dice.fraction());
    // The twelve most famous offer everything, so that the first pages show every kind.
    let offers_all = star < 12;
    let mut kinds = vec![];
    if offers_all || dice.permille(880) {
        kinds.push(OfferingKind::VideoCall);
    }
    if offers_all || kinds.is_empty() || dice.permille(780) {
        kinds.push(OfferingKind::Appearance);
    }
    if offers_all || dice.permille(720) {
        kinds.push(OfferingKind::PersonalVideo);
    }
    if offers_all || dice.permille(280) {
        kinds.push(OfferingKind::Endorsement);
    }
    let mut offers = vec![];
    for kind in kinds {
        let mut offer = offer(&mut dice, kind, call_major, trade);
        if offers_all && kind == OfferingKind::Appearance {
            offer.mode = if star.is_multiple_of(2) { BookingMode::Request } else { BookingMode::Instant };
        }
        offer.id = id(seed, "offer", (star * 4 + kind as usize) as u64, joined);
        offers.push(offer);
    }
    offers
}

fn offer(dice: &mut Dice, kind: OfferingKind, call_major: f64, trade: &'static Trade) -> Offer {
    let base = Offer {
        id: Uuid::nil(),
        kind,
        mode: BookingMode::Instant,
        title: "",
        description: "",
        price_minor: 0,
        duration_minutes: 0,
        buffer_minutes: 0,
        step_minutes: 30,
        lead_minutes: 24 * 60,
        deliver_within_days: None,
        policy_key: "flexible",
    };
    match kind {
        OfferingKind::VideoCall => {
            let half_hour = dice.permille(450);
            Offer {
                title: if half_hour { "A call, half an hour" } else { "A call, twenty minutes" },
                description: dice.pick(&CALLS),
                price_minor: minor(call_major * if half_hour { 1.35 } else { 1.0 }),
                duration_minutes: if half_hour { 30 } else { 20 },
                buffer_minutes: 5,
                policy_key: dice.pick(&["flexible", "moderate"]),
                ..base
            }
        }
        OfferingKind::Appearance => Offer {
            mode: if dice.permille(550) { BookingMode::Instant } else { BookingMode::Request },
            title: dice.pick(trade.appearances),
            description: dice.pick(&EVENINGS),
            price_minor: minor(call_major * (9.0 + 6.0 * dice.fraction())),
            duration_minutes: [60, 90, 120, 180][dice.index(4)],
            buffer_minutes: [60, 90, 120][dice.index(3)],
            step_minutes: 30,
            lead_minutes: dice.between(3, 15) as i32 * 24 * 60,
            policy_key: dice.pick(&["limited", "limited", "firm", "headline"]),
            ..base
        },
        OfferingKind::PersonalVideo => Offer {
            title: "A personal video",
            description: dice.pick(&VIDEOS),
            price_minor: minor(call_major * 0.55),
            lead_minutes: 0,
            deliver_within_days: Some(dice.between(4, 11) as i32),
            policy_key: "video",
            ..base
        },
        OfferingKind::Endorsement => Offer {
            mode: BookingMode::Quote,
            title: "A campaign together",
            description: dice.pick(&ENDORSEMENTS),
            price_minor: minor(call_major * (35.0 + 25.0 * dice.fraction())),
            lead_minutes: 14 * 24 * 60,
            policy_key: "firm",
            ..base
        },
    }
}

/// A rounded price: the larger, the rounder.
fn minor(major: f64) -> i64 {
    let step = match major {
        major if major < 100.0 => 5.0,
        major if major < 1_000.0 => 10.0,
        major if major < 10_000.0 => 50.0,
        _ => 500.0,
    };
    ((major / step).round() * step).max(15.0) as i64 * 100
}
