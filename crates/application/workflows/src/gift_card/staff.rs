//! What staff do with gift cards.

use accounts::Caller;
use database::Tx;
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, IssuedCard, NewBatch, commands, queries};
use kernel::text::text_fault;
use kernel::{Actor, ActorKind, GiftCardBatchId, GiftCardId};
use site::Services;

use super::delivery::deliver_late;
use crate::WorkflowError;

/// Whether a card is stopped or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStop {
    Freeze,
    Unfreeze,
}

/// Issues cards together, up to the value that the settings allow. Their codes can be read only now.
pub async fn issue_batch(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    batch: &NewBatch,
) -> Result<(GiftCardBatchId, Vec<IssuedCard>), WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    Ok(commands::issue_batch(tx, chance, &site.gift_codes, now, batch, site.settings.gift_batch_minor_max, caller.id)
        .await?)
}

/// Stops the cards of a batch, or lets them go on, those that they were sent on as too; says how many. What is over or was stopped
/// already stays as it is. Nobody lets go on what is their own; stopping loses nothing.
pub async fn stop_batch(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardBatchId,
    stop: CardStop,
    reason: String,
) -> Result<usize, WorkflowError> {
    check_reason(&reason)?;
    queries::batch(tx, id).await?;
    let now = site.clock.now();
    let reached = queries::cards_reached(tx, id).await?;
    let (mut changes, mut changed) = (CardChanges::default(), 0);
    let cards = commands::lock_all(tx, &reached).await?;
    check_not_own(tx, caller, &reached, stop).await?;
    for mut card in cards {
        let stopped = changes.carry_out(&mut card, stop.command(), staff(caller), Some(reason.clone()), now);
        changed += usize::from(unless_over(stopped)?);
    }
    commands::save(tx, &*site.chance, now, &changes).await?;
    Ok(changed)
}

/// Stops a card, or lets it go on, and with it what is on its way from it to somebody; the reason stands in both histories. Nobody lets
/// a card of their own go on.
pub async fn stop_card(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardId,
    stop: CardStop,
    reason: String,
) -> Result<GiftCard, WorkflowError> {
    check_reason(&reason)?;
    let now = site.clock.now();
    let (mut changes, actor) = (CardChanges::default(), staff(caller));
    let mut card = commands::lock(tx, id).await?;
    check_not_own(tx, caller, &[id], stop).await?;
    changes.carry_out(&mut card, stop.command(), actor, Some(reason.clone()), now)?;
    // Claiming the sent card, or taking it back, locks both in the order of their ids. This one's is older, so they wait for us here, and
    // nobody deadlocks.
    if let Some(sent) = queries::open_transfer(tx, id).await? {
        let mut sent = commands::lock(tx, sent).await?;
        unless_over(changes.carry_out(&mut sent, stop.command(), actor, Some(reason), now))?;
    }
    commands::save(tx, &*site.chance, now, &changes).await?;
    if stop == CardStop::Unfreeze {
        deliver_late(site, tx, id).await?;
    }
    Ok(card)
}

impl CardStop {
    const fn command(self) -> CardCommand {
        match self {
            Self::Freeze => CardCommand::Freeze,
            Self::Unfreeze => CardCommand::Unfreeze,
        }
    }
}

/// Whoever has locked cards, bought or sent them, or issued them, does not let them go on.
async fn check_not_own(
    tx: &mut Tx,
    caller: &Caller,
    cards: &[GiftCardId],
    stop: CardStop,
) -> Result<(), WorkflowError> {
    if stop == CardStop::Unfreeze && queries::has_own(tx, cards, caller.id).await? {
        return Err(GiftCardsError::OwnCase.into());
    }
    Ok(())
}

/// Whether a card was stopped or let go on; what is over or was stopped already stays as it is.
fn unless_over(done: Result<(), GiftCardsError>) -> Result<bool, GiftCardsError> {
    match done {
        Ok(()) => Ok(true),
        Err(GiftCardsError::Frozen | GiftCardsError::Expired | GiftCardsError::Void | GiftCardsError::Done) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

fn check_reason(reason: &str) -> Result<(), GiftCardsError> {
    text_fault("reason", reason).map_or(Ok(()), |fault| Err(GiftCardsError::Fields(vec![fault])))
}

const fn staff(caller: &Caller) -> Actor {
    Actor { kind: ActorKind::Staff, id: Some(caller.id) }
}
