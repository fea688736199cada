//! What staff do with gift cards.

use accounts::Caller;
use database::Tx;
use gift_cards::{CardCommand, GiftCard, GiftCardsError, IssuedCard, NewBatch, commands, text_fault};
use kernel::{Actor, ActorKind, GiftCardBatchId, GiftCardId};
use site::Services;

use super::carry_out;
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

/// Stops a card, or lets it go on; the reason stands in its history.
pub async fn stop_card(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardId,
    stop: CardStop,
    reason: String,
) -> Result<GiftCard, WorkflowError> {
    if let Some(fault) = text_fault("reason", &reason) {
        return Err(GiftCardsError::Fields(vec![fault]).into());
    }
    let mut card = commands::lock(tx, id).await?;
    let command = match stop {
        CardStop::Freeze => CardCommand::Freeze,
        CardStop::Unfreeze => CardCommand::Unfreeze,
    };
    let staff = Actor { kind: ActorKind::Staff, id: Some(caller.id) };
    carry_out(site, tx, &mut card, command, staff, Some(reason)).await?;
    Ok(card)
}
