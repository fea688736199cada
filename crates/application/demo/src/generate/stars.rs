//! The celebrities.

use std::collections::HashSet;

use chrono::{NaiveDate, TimeDelta};
use kernel::Instant;
use uuid::Uuid;

use super::crowd::{self, Crowd};
use super::hours::{Hours, hours};
use super::offers::{Offer, offers};
use crate::Size;
use crate::dice::{Deck, Dice, id};
use crate::portraits::{Look, Portraits};
use crate::words::names::{EITHER, FAMILY, FEMININE, MASCULINE, points_at_somebody};
use crate::words::places::{PLACES, Place};
use crate::words::stories::{ENDINGS, MIDDLES, OPENINGS};
use crate::words::trades::{TRADES, Trade};

/// The place in the order of fame of the profile that the demo celebrity and the demo agent look after.
pub const DEMO_STAR: usize = 3;

/// A celebrity.
#[derive(Debug, Clone)]
pub struct Star {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub headline: &'static str,
    pub bio: String,
    pub place: &'static Place,
    pub languages: Vec<&'static str>,
    /// Places in [`TRADES`], the main one first.
    pub trades: Vec<usize>,
    /// 1 for the most famous, falling as a power of the place.
    pub fame: f64,
    /// How much better (or worse) than usual an evening with them is, in thousandths of a review.
    pub charm_permille: i64,
    /// The place of the drawing, and the hue of the ground.
    pub portrait: usize,
    pub hue: u16,
    pub is_verified: bool,
    /// How long an answer to a request takes on the whole.
    pub answer_minutes: i64,
    pub agency: Option<usize>,
    /// Places in the crowd's agents.
    pub agents: Vec<usize>,
    pub offers: Vec<Offer>,
    pub hours: Hours,
    /// Days with room, without their end; known once the deals are struck.
    pub open_days: Vec<(NaiveDate, NaiveDate)>,
    pub joined: Instant,
}

/// Demand by place in the order of fame: a power law.
pub fn fame(place: usize) -> f64 {
    (2.0 / (place as f64 + 2.0)).powf(0.85)
}

/// Words that are dealt in turn, so that neighbours in a list do not read alike.
struct Decks {
    feminine: Deck<'static>,
    masculine: Deck<'static>,
    either: Deck<'static>,
    family: Deck<'static>,
    openings: Deck<'static>,
    middles: Deck<'static>,
    endings: Deck<'static>,
    slugs: HashSet<String>,
}

/// Makes the celebrities, most famous first.
pub fn cast(size: Size, seed: u64, now: Instant, portraits: &Portraits, crowd: &Crowd) -> Vec<Star> {
    let mut decks = Decks {
        feminine: Deck::of(&FEMININE),
        masculine: Deck::of(&MASCULINE),
        either: Deck::of(&EITHER),
        family: Deck::of(&FAMILY),
        openings: Deck::of(&OPENINGS),
        middles: Deck::of(&MIDDLES),
        endings: Deck::of(&ENDINGS),
        slugs: HashSet::new(),
    };
    (0..size.stars()).map(|index| star(seed, now, index, portraits, crowd, &mut decks)).collect()
}

fn star(seed: u64, now: Instant, index: usize, portraits: &Portraits, crowd: &Crowd, decks: &mut Decks) -> Star {
    let mut dice = Dice::new(seed, "star", index as u64);
    let portrait = index % portraits.count();
    let (name, slug) = name(&mut dice, portraits.look(portrait), decks);
    // The famous have been here from the start; newcomers arrive until last month.
    let days_ago = if index < 12 { 730 } else { dice.between(30, 731) };
    let joined = now - TimeDelta::days(days_ago) - TimeDelta::minutes(dice.between(0, 1_440));
    // Fourteen in a row differ, so that every category has somebody famous.
    let trade_index = (index * 5 + index / TRADES.len()) % TRADES.len();
    let trade: &'static Trade = &TRADES[trade_index];
    let place = &PLACES[if index == DEMO_STAR { 1 } else { crowd::place_index(&mut dice) }];
    let fame = fame(index);
    let mut trades = vec![trade_index];
    if dice.permille(330) {
        trades.push(trade.neighbour);
    }
    let mut languages = vec!["en"];
    languages.extend(place.languages.iter().copied().filter(|_| dice.permille(700)));
    let headline = dice.pick(trade.headlines);
    let bio = bio(&mut dice, &name, trade, place, decks);
    let agents = representatives(&mut dice, index, crowd.agents.len());
    Star {
        id: id(seed, "celebrity", index as u64, joined),
        slug,
        name,
        headline,
        bio,
        place,
        languages,
        trades,
        fame,
        charm_permille: dice.between(-90, 130),
        portrait,
        // Steps of the golden angle: neighbours in any list have grounds far apart.
        hue: ((portrait as f64 * 137.508 + 25.0) % 360.0) as u16,
        is_verified: index < 60 || dice.permille(620),
        answer_minutes: [25, 45, 90, 180, 360, 720, 1_440][dice.weighted(&[2, 4, 5, 5, 4, 3, 2])],
        agency: (index == DEMO_STAR || dice.permille(620)).then(|| dice.index(crowd.agencies.len())),
        agents,
        offers: offers(seed, index, fame, trade, joined),
        hours: hours(seed, index, now.with_timezone(&place.zone).date_naive()),
        open_days: vec![],
        joined,
    }
}

/// A name nobody well-known bears, and an address nobody else has.
fn name(dice: &mut Dice, look: Look, decks: &mut Decks) -> (String, String) {
    for attempt in 0.. {
        let first = match look {
            Look::Feminine => decks.feminine.deal(dice),
            Look::Masculine => decks.masculine.deal(dice),
            Look::Either => decks.either.deal(dice),
        };
        let family = decks.family.deal(dice);
        // Only a crowd larger than the lists of names needs a middle initial.
        let name = if attempt < 8 {
            format!("{first} {family}")
        } else {
            format!("{first} {}. {family}", char::from(b'A' + dice.index(26) as u8))
        };
        let slug = crowd::slug(&name);
        if !points_at_somebody(&name) && decks.slugs.insert(slug.clone()) {
            return (name, slug);
        }
    }
    unreachable!("there are more names than celebrities")
}

fn bio(dice: &mut Dice, name: &str, trade: &Trade, place: &Place, decks: &mut Decks) -> String {
    let first = name.split(' ').next().unwrap_or(name);
    let work = dice.pick(trade.works);
    let fill = |template: &str| {
        template.replace("{name}", name).replace("{first}", first).replace("{city}", place.city).replace("{work}", work)
    };
    let opening = fill(decks.openings.deal(dice));
    let (one, other) = (decks.middles.deal(dice), decks.middles.deal(dice));
    // The pack may have been shuffled between the two.
    let other = if one == other { decks.middles.deal(dice) } else { other };
    format!("{opening} {}\n\n{} {}", fill(one), fill(other), fill(decks.endings.deal(dice)))
}

fn representatives(dice: &mut Dice, index: usize, agents: usize) -> Vec<usize> {
    let mut chosen = vec![];
    // The demo agent looks after the demo celebrity and a handful of others.
    if index == DEMO_STAR || index % 30 == 11 {
        chosen.push(0);
    }
    for _ in 0..dice.weighted(&[3, 8, 5]) {
        let agent = 1 + dice.index(agents - 1);
        if !chosen.contains(&agent) {
            chosen.push(agent);
        }
    }
    chosen
}
