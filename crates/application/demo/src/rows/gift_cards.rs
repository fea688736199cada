//! Cards with codes and histories, batches, orders, and what bookings have earned.

use gift_cards::bulk::{AwardRow, BatchRow, CardRow, CodeRow, EntryRow, OrderRow, RuleRow, TransferRow};

use crate::dice::Dice;
use crate::generate::World;

/// The symbols of codes.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

pub fn rules(world: &World) -> impl Iterator<Item = RuleRow> {
    world.stored.rules.iter().map(|(valid_from, rules)| RuleRow {
        currency: rules.least.currency.code().into(),
        valid_from: *valid_from,
        least_minor: rules.least.amount_minor,
        most_minor: rules.most.amount_minor,
        months_valid: rules.months_valid.and_then(|months| months.try_into().ok()),
    })
}

pub fn batches(world: &World) -> impl Iterator<Item = BatchRow> {
    world.stored.batches.iter().map(|issued| BatchRow::new(issued.id.0, &issued.batch, issued.by.0, issued.at))
}

pub fn cards(world: &World) -> impl Iterator<Item = CardRow> {
    world.stored.cards.iter().map(|life| {
        let changed_at = life.entries.last().map_or(life.card.created_at, |entry| entry.at);
        CardRow::new(&life.card, changed_at)
    })
}

/// Codes that nobody knows and that cannot be computed from the seed: what is stored as their hash is the hash of no code.
pub fn codes(world: &World) -> impl Iterator<Item = CodeRow> {
    world.stored.cards.iter().enumerate().flat_map(move |(place, life)| {
        let mut dice = Dice::new(world.seed, "code", place as u64);
        let row = |(created_at, ended_at): &(_, _)| {
            let mut hash = [0; 32];
            hash.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&dice.bits().to_le_bytes()));
            let last_group = (0..4).map(|_| char::from(SYMBOLS[dice.index(SYMBOLS.len())])).collect();
            CodeRow::new(life.card.id, hash, last_group, *created_at, *ended_at)
        };
        life.codes.iter().map(row).collect::<Vec<_>>()
    })
}

pub fn entries(world: &World) -> impl Iterator<Item = EntryRow> {
    let lives = world.stored.cards.iter();
    lives.flat_map(|life| life.entries.iter().map(|entry| EntryRow::new(life.card.id, entry)))
}

pub fn sent(world: &World) -> impl Iterator<Item = TransferRow> {
    world.stored.sent.iter().map(TransferRow::from)
}

pub fn orders(world: &World) -> impl Iterator<Item = OrderRow> {
    world.stored.orders.iter().map(|life| OrderRow::new(&life.order, life.changed_at))
}

pub fn awards(world: &World) -> impl Iterator<Item = AwardRow> {
    world.stored.awards.values().map(AwardRow::from)
}
