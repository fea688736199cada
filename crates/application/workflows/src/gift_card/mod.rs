//! Gift cards: who may see and use one, and what is done with it in one transaction.

mod expiry;
mod redeem;
mod staff;
mod visible;

use accounts::Caller;
use database::Tx;
pub(crate) use expiry::ExpireCards;
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, GiftCode, commands, queries};
use kernel::Actor;
pub use redeem::redeem;
use site::Services;
pub use staff::{CardStop, issue_batch, stop_card};
pub use visible::{CardSide, VisibleCard, load_visible};

use crate::WorkflowError;

/// Takes the card that a code opens. It is the caller's from then on, and the code opens nothing any more. Whoever issued a card cannot
/// take it, because nobody else would have agreed to the gift.
pub async fn claim(site: &Services, tx: &mut Tx, caller: &Caller, typed: &str) -> Result<GiftCard, WorkflowError> {
    let code = GiftCode::parse(typed).ok_or(GiftCardsError::CodeOpensNothing)?;
    let mut card = commands::lock_by_code(tx, &site.gift_codes, &code).await?;
    if let Some(batch) = card.batch
        && queries::issuer(tx, batch).await? == Some(caller.id)
    {
        return Err(GiftCardsError::OwnBatch.into());
    }
    carry_out(site, tx, &mut card, CardCommand::Claim { by: caller.id }, Actor::customer(caller.id), None).await?;
    Ok(card)
}

/// Carries out one command on a locked card.
async fn carry_out(
    site: &Services,
    tx: &mut Tx,
    card: &mut GiftCard,
    command: CardCommand,
    actor: Actor,
    reason: Option<String>,
) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    let mut changes = CardChanges::default();
    changes.carry_out(card, command, actor, reason, now)?;
    Ok(commands::save(tx, &*site.chance, now, &changes).await?)
}
