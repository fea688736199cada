//! Customers, agents, staff and agencies, among them the five demo logins.

use chrono::TimeDelta;
use chrono_tz::Tz;
use kernel::{Instant, Role};
use uuid::Uuid;

use crate::dice::{Dice, id};
use crate::words::names::{EITHER, EVERYDAY, FEMININE, MASCULINE};
use crate::words::places::PLACES;
use crate::{LOGIN_DOMAIN, Size};

/// A person with an account.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub zone: Tz,
    pub joined: Instant,
}

/// An agency that represents celebrities.
#[derive(Debug, Clone)]
pub struct Agency {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub city: &'static str,
    pub founded: Instant,
}

/// Everybody who is not a celebrity.
#[derive(Debug)]
pub struct Crowd {
    /// The first is the demo customer.
    pub customers: Vec<DemoPerson>,
    /// The first is the demo agent.
    pub agents: Vec<DemoPerson>,
    /// The demo celebrity, then support and admin.
    pub others: Vec<DemoPerson>,
    pub agencies: Vec<Agency>,
}

const AGENCY_NAMES: [&str; 18] = [
    "Lamplight Artists",
    "The Green Room",
    "North Wing Talent",
    "Curtain & Co.",
    "Halfpast Eight",
    "Bright Corner",
    "Understudy",
    "Second Row",
    "Prompt Side",
    "Velvet Rope Management",
    "The Good Company",
    "Tall Order",
    "Five Minute Call",
    "House Lights",
    "Paper Moon",
    "Ridge & Harbour",
    "Quiet Please",
    "Encore Street",
];

/// Generates everybody.
pub fn gather(size: Size, seed: u64, now: Instant) -> Crowd {
    let login = |role: Role, name: &str, zone: Tz| DemoPerson {
        id: id(seed, "login", role as u64, now - TimeDelta::days(720)),
        email: format!("{}@{LOGIN_DOMAIN}", role.as_str()),
        name: name.to_owned(),
        roles: vec![role],
        zone,
        joined: now - TimeDelta::days(720),
    };
    let mut customers = vec![login(Role::Customer, "Sam Okafor", Tz::America__New_York)];
    customers.extend((1..size.customers()).map(|index| person(seed, now, Role::Customer, index)));
    let mut agents = vec![login(Role::Agent, "Rosa Lindgren", Tz::America__Los_Angeles)];
    agents.extend((1..size.agents()).map(|index| person(seed, now, Role::Agent, index)));
    let others = vec![
        // Name and zone are replaced by those of the profile.
        login(Role::Celebrity, "The demo celebrity", Tz::UTC),
        login(Role::Support, "Dana Support", Tz::America__Chicago),
        login(Role::Admin, "Alex Admin", Tz::Europe__London),
    ];
    let agencies = AGENCY_NAMES.iter().take(size.agencies()).enumerate();
    Crowd {
        customers,
        agents,
        others,
        agencies: agencies.map(|(index, name)| agency(seed, now, index, name)).collect(),
    }
}

/// The index of a random home city, weighted by share.
pub fn place_index(dice: &mut Dice) -> usize {
    dice.weighted(&PLACES.map(|place| place.share))
}

fn person(seed: u64, now: Instant, role: Role, index: usize) -> DemoPerson {
    let mut dice = Dice::new(seed, role.as_str(), index as u64);
    let first = match dice.weighted(&[9, 9, 4]) {
        0 => dice.pick(&FEMININE),
        1 => dice.pick(&MASCULINE),
        _ => dice.pick(&EITHER),
    };
    let name = format!("{first} {}", dice.pick(&EVERYDAY));
    // The platform grows: more people joined recently than long ago.
    let days_ago = 730.0 * dice.fraction().powf(1.4);
    let joined = now - TimeDelta::minutes((days_ago * 1_440.0) as i64 + 90);
    DemoPerson {
        id: id(seed, role.as_str(), index as u64, joined),
        email: format!("{}{index}@{LOGIN_DOMAIN}", role.as_str()),
        name,
        roles: vec![role],
        zone: PLACES[place_index(&mut dice)].zone,
        joined,
    }
}

fn agency(seed: u64, now: Instant, index: usize, name: &str) -> Agency {
    let founded = now - TimeDelta::days(729 - index as i64);
    Agency {
        id: id(seed, "agency", index as u64, founded),
        slug: slug(name),
        name: name.to_owned(),
        city: PLACES[index % PLACES.len()].city,
        founded,
    }
}

/// A name as it stands in an address: lower case, words joined by hyphens.
pub fn slug(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
