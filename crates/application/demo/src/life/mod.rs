//! The life of stored value over two years: what people buy, give, claim, pay with and get back, in the order of time.
//!
//! Everything is decided by the rules of the domains: a step that they refuse, such as spending what is spent already, does not happen.

mod awards;
mod batches;
mod cards;
mod cases;
mod cast;
mod happening;
mod legs;
mod orders;
mod recorder;
mod returns;
mod rules;
mod staff;
mod tenders;
mod wishes;

use happening::Happening;
use recorder::Recorder;

use crate::generate::World;

/// The world with its stored value.
pub fn live(mut world: World) -> World {
    let mut recorder = Recorder::new(&world);
    recorder.stored.rules = rules::early_rules(world.now);
    wishes::plan(&mut recorder);
    batches::plan(&mut recorder);
    staff::plan(&mut recorder);
    cast::plan(&mut recorder);
    while let Some((at, happening)) = recorder.next() {
        match happening {
            Happening::Ordered(purchase) => orders::order(&mut recorder, &purchase, at),
            Happening::Issued(batch) => batches::issue(&mut recorder, &batch, at),
            Happening::Order(order, step) => orders::step(&mut recorder, order, step, at),
            Happening::Card(card, step) => cards::step(&mut recorder, card, step, at),
            Happening::Deal(deal, step) => tenders::step(&mut recorder, deal, step, at),
            Happening::Staff(step) => staff::step(&mut recorder, step, at),
        }
    }
    let stored = recorder.finish();
    world.stored = stored;
    world
}
