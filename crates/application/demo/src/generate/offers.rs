//! What a celebrity offers and for how much.

use kernel::Instant;
use uuid::Uuid;

use crate::dice::{Dice, id};
use crate::words::stories::{CALLS, ENDORSEMENTS, EVENINGS, VIDEOS};
use crate::words::trades::Trade;

/// What is offered, as the platform knows four kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    VideoCall,
    Appearance,
    PersonalVideo,
    Endorsement,
}

impl Kind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VideoCall => "video_call",
            Self::Appearance => "appearance",
            Self::PersonalVideo => "personal_video",
            Self::Endorsement => "endorsement",
        }
    }
}

/// How a booking comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Instant,
    Request,
    Quote,
}

impl Mode {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Request => "request",
            Self::Quote => "quote",
        }
    }
}

/// Something offered for a price.
#[derive(Debug, Clone)]
pub struct Offer {
    pub id: Uuid,
    pub kind: Kind,
    pub mode: Mode,
    pub title: &'static str,
    pub description: &'static str,
    pub price_minor: i64,
    /// Time on the calendar; zero for what takes none.
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

/// What somebody of this fame (1 is the most famous) and trade offers; at least one thing that takes time.
pub fn offers(seed: u64, star: usize, fame: f64, trade: &'static Trade, joined: Instant) -> Vec<Offer> {
    let mut dice = Dice::new(seed, "offers", star as u64);
    // A call with the most famous costs about thirty times what one with a beginner costs.
    let call_major = (42.0 + 1_150.0 * fame) * trade.price_percent as f64 / 100.0 * (0.8 + 0.4 * dice.fraction());
    // The best known dozen offer everything, so that whoever looks first sees all there is.
    let offers_all = star < 12;
    let mut kinds = vec![];
    if offers_all || dice.permille(880) {
        kinds.push(Kind::VideoCall);
    }
    if offers_all || kinds.is_empty() || dice.permille(780) {
        kinds.push(Kind::Appearance);
    }
    if offers_all || dice.permille(720) {
        kinds.push(Kind::PersonalVideo);
    }
    if offers_all || dice.permille(280) {
        kinds.push(Kind::Endorsement);
    }
    let mut offers = vec![];
    for kind in kinds {
        let mut offer = offer(&mut dice, kind, call_major, trade);
        if offers_all && kind == Kind::Appearance {
            offer.mode = if star.is_multiple_of(2) { Mode::Request } else { Mode::Instant };
        }
        offer.id = id(seed, "offer", (star * 4 + kind as usize) as u64, joined);
        offers.push(offer);
    }
    offers
}

fn offer(dice: &mut Dice, kind: Kind, call_major: f64, trade: &'static Trade) -> Offer {
    let base = Offer {
        id: Uuid::nil(),
        kind,
        mode: Mode::Instant,
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
        Kind::VideoCall => {
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
        Kind::Appearance => Offer {
            mode: if dice.permille(550) { Mode::Instant } else { Mode::Request },
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
        Kind::PersonalVideo => Offer {
            title: "A personal video",
            description: dice.pick(&VIDEOS),
            price_minor: minor(call_major * 0.55),
            lead_minutes: 0,
            deliver_within_days: Some(dice.between(4, 11) as i32),
            policy_key: "video",
            ..base
        },
        Kind::Endorsement => Offer {
            mode: Mode::Quote,
            title: "A campaign together",
            description: dice.pick(&ENDORSEMENTS),
            price_minor: minor(call_major * (35.0 + 25.0 * dice.fraction())),
            lead_minutes: 14 * 24 * 60,
            policy_key: "firm",
            ..base
        },
    }
}

/// A price people would ask: the larger it is, the rounder.
fn minor(major: f64) -> i64 {
    let step = match major {
        major if major < 100.0 => 5.0,
        major if major < 1_000.0 => 10.0,
        major if major < 10_000.0 => 50.0,
        _ => 500.0,
    };
    ((major / step).round() * step).max(15.0) as i64 * 100
}
