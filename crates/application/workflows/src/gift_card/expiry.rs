//! Hourly: what is left on cards whose last day is over goes where the rules of their kind say. Whether a card can be spent is decided by
//! its last day itself, so nobody waits for this.

use gift_cards::{CardChanges, CardCommand, GiftCardsError, commands, queries};
use jobs::{Failure, Lane, ScheduledTask};
use kernel::{Actor, Instant};
use site::Services;

use crate::WorkflowError;
use crate::lanes;

/// The most cards that one transaction changes.
const CARDS_AT_ONCE: i64 = 200;

/// The job that ends cards.
#[derive(Debug)]
pub(crate) struct ExpireCards;

impl ScheduledTask for ExpireCards {
    type Context = Services;
    const KIND: &'static str = "expire_gift_cards";
    const LANE: &'static Lane = &lanes::UPKEEP;
    const IS_NEW: bool = true;

    async fn run(site: &Services, _: Instant) -> Result<(), Failure> {
        while expire_some(site).await? {}
        Ok(())
    }
}

/// Ends some cards, and says whether there may be more.
async fn expire_some(site: &Services) -> Result<bool, WorkflowError> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let over = queries::ended(&mut tx, now, CARDS_AT_ONCE).await?;
    let mut changes = CardChanges::default();
    for mut card in commands::lock_all(&mut tx, &over).await? {
        // Another server may have been quicker, or staff may have stopped it meanwhile.
        match changes.carry_out(&mut card, CardCommand::Expire, Actor::SYSTEM, None, now) {
            Ok(()) | Err(GiftCardsError::Done) => {}
            Err(error) => return Err(error.into()),
        }
    }
    commands::save(&mut tx, &*site.chance, now, &changes).await?;
    tx.commit().await?;
    // If nothing changed, the next run would find the same cards again.
    Ok(!changes.is_empty())
}
