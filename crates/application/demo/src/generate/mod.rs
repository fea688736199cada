//! Generates the demo world from a seed and a moment. Pure: no database, no clock, no files.

pub mod calendar;
pub mod course;
pub mod crowd;
pub mod deal;
pub mod deals;
pub mod hours;
pub mod offers;
pub mod seasons;
pub mod staged;
pub mod stars;
pub mod stored;

use kernel::Instant;

use crate::Size;
use crate::portraits::Portraits;
use crowd::Crowd;
use deal::Deal;
use stars::Star;
use stored::StoredValue;

/// Everything that is generated, before it becomes rows.
#[derive(Debug)]
pub struct World {
    pub seed: u64,
    pub now: Instant,
    pub crowd: Crowd,
    pub stars: Vec<Star>,
    /// In the order in which they were placed.
    pub deals: Vec<Deal>,
    /// Gift cards, credit, and the payments made with them; generated once all deals are known.
    pub stored: StoredValue,
}

/// The demo world of `seed` at `now`: the same arguments give the same world.
pub fn world(size: Size, seed: u64, now: Instant, portraits: &Portraits) -> World {
    let crowd = crowd::gather(size, seed, now);
    let mut stars = stars::cast(size, seed, now, portraits, &crowd);
    let deals = deals::strike(size, seed, now, &crowd, &mut stars);
    World { seed, now, crowd, stars, deals, stored: StoredValue::default() }
}
