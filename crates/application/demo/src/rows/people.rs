//! Rows of people, passwords and representations.

use accounts::bulk::{CredentialRow, PersonRow, RepresentationRow};

use crate::dice::id;
use crate::generate::World;
use crate::generate::crowd::DemoPerson;
use crate::generate::stars::DEMO_STAR;

/// Everybody with an account.
pub fn people(world: &World) -> impl Iterator<Item = PersonRow> {
    everybody(world).map(|person| {
        // The demo celebrity has the name and zone of the profile.
        let star = &world.stars[DEMO_STAR];
        let is_star = person.id == demo_celebrity(world).id;
        PersonRow {
            id: person.id,
            email: person.email.clone().into(),
            display_name: if is_star { star.name.clone().into() } else { person.name.clone().into() },
            roles: person.roles.iter().map(|role| role.as_str().into()).collect(),
            time_zone: if is_star { star.place.zone.name().into() } else { person.zone.name().into() },
            email_verified_at: Some(person.joined),
            is_demo: true,
            created_at: person.joined,
            updated_at: person.joined,
        }
    })
}

/// One password hash for everybody: hashing thousands of passwords would take minutes and protect nothing.
pub fn credentials<'world>(
    world: &'world World,
    password_hash: &'world str,
) -> impl Iterator<Item = CredentialRow> + 'world {
    everybody(world).map(|person| CredentialRow {
        person_id: person.id,
        password_hash: password_hash.to_owned().into(),
        changed_at: person.joined,
    })
}

/// The representations.
pub fn representations(world: &World) -> impl Iterator<Item = RepresentationRow> {
    world.stars.iter().enumerate().flat_map(move |(index, star)| {
        star.agents.iter().enumerate().map(move |(place, agent)| RepresentationRow {
            id: id(world.seed, "representation", (index * 8 + place) as u64, star.joined),
            celebrity_id: star.id,
            agent_id: world.crowd.agents[*agent].id,
            scopes: scopes(place),
            granted_at: star.joined,
            revoked_at: None,
        })
    })
}

/// The person who signs in as the demo celebrity.
pub fn demo_celebrity(world: &World) -> &DemoPerson {
    &world.crowd.others[0]
}

fn everybody(world: &World) -> impl Iterator<Item = &DemoPerson> {
    let crowd = &world.crowd;
    crowd.others.iter().chain(&crowd.agents).chain(&crowd.customers)
}

/// The first agent may do everything, a second one helps with messages and holds.
fn scopes(place: usize) -> Vec<database::bulk::Text> {
    let all: &[&str] =
        if place == 0 { &["hold", "quote", "sign", "message", "payout_view"] } else { &["hold", "message"] };
    all.iter().map(|scope| (*scope).into()).collect()
}
