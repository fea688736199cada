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
use crate::words::places::{HomeCity, PLACES};
use crate::words::stories::{ENDINGS, MIDDLES, OPENINGS};
use crate::words::trades::{TRADES, Trade};

/// The index, by fame, of the profile that belongs to the demo celebrity and is represented by the demo agent.
pub const DEMO_STAR: usize = 3;

/// A celebrity.
#[derive(Debug, Clone)]
pub struct Star {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub headline: &'static str,
    pub bio: String,
    pub place: &'static HomeCity,
    pub languages: Vec<&'static str>,
    /// Indices into [`TRADES`], the main one first.
    pub trades: Vec<usize>,
    /// 1 for the most famous, decreasing by a power law.
    pub fame: f64,
    /// How much more (or less) likely than usual a review is a happy one, in thousandths.
    pub charm_permille: i64,
    /// The index of the drawing, and the hue of its background.
    pub portrait: usize,
    pub hue: u16,
    pub is_verified: bool,
    /// How long an answer to a request takes on the whole.
    pub answer_minutes: i64,
    pub agency: Option<usize>,
    /// Indices into the crowd's agents.
    pub agents: Vec<usize>,
    pub offers: Vec<Offer>,
    pub hours: Hours,
    /// Ranges of days that can be booked, without their end; set after the deals are generated.
    pub open_days: Vec<(NaiveDate, NaiveDate)>,
    pub joined: Instant,
}

/// The demand for the celebrity at `place` in the order of fame: a power law.
pub fn fame(place: usize) -> f64 {
    (2.0 / (place as f64 + 2.0)).powf(0.85)
}

/// Decks of words, so that neighbours in a list do not read alike.
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

/// Generates the celebrities, most famous first.
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
    // The famous joined at the start; others joined until a month ago.
    let days_ago = if index < 12 { 730 } else { dice.between(30, 731) };
    let joined = now - TimeDelta::days(days_ago) - TimeDelta::minutes(dice.between(0, 1_440));
    // Fourteen consecutive celebrities have different trades, so that every category has somebody famous.
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
        // Steps of the golden angle, so that neighbours in a list have different hues.
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

/// A name that no well-known person has, and a unique slug.
fn name(dice: &mut Dice, look: Look, decks: &mut Decks) -> (String, String) {
    for attempt in 0.. {
        let first = match look {
            Look::Feminine => decks.feminine.deal(dice),
            Look::Masculine => decks.masculine.deal(dice),
            Look::Either => decks.either.deal(dice),
        };
        let family = decks.family.deal(dice);
        // A middle initial is needed only when the names are used up.
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

fn bio(dice: &mut Dice, name: &str, trade: &Trade, place: &HomeCity, decks: &mut Decks) -> String {
    let first = name.split(' ').next().unwrap_or(name);
    let work = dice.pick(trade.works);
    let fill = |template: &str| {
        template.replace("{name}", name).replace("{first}", first).replace("{city}", place.city).replace("{work}", work)
    };
    let opening = fill(decks.openings.deal(dice));
    let (one, other) = (decks.middles.deal(dice), decks.middles.deal(dice));
    // The deck may have been shuffled between the two.
    let other = if one == other { decks.middles.deal(dice) } else { other };
    format!("{opening} {}\n\n{} {}", fill(one), fill(other), fill(decks.endings.deal(dice)))
}

fn representatives(dice: &mut Dice, index: usize, agents: usize) -> Vec<usize> {
    let mut chosen = vec![];
    // The demo agent represents the demo celebrity and some others.
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
