//! Gift cards: who may see and use one, and what is done with it in one transaction.

mod delivery;
mod expiry;
mod look;
mod purchase;
mod redeem;
mod staff;
mod transfer;
mod visible;

use accounts::Caller;
use database::Tx;
pub(crate) use delivery::DeliverGiftCard;
pub(crate) use expiry::ExpireCards;
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, GiftCode, commands, queries};
use kernel::Actor;
pub use look::{OfferedCard, load_offered, sender_of};
pub(crate) use purchase::LapseOrders;
pub use purchase::{load_order, order_card, return_card};
pub use redeem::redeem;
use site::Services;
pub use staff::{CardStop, issue_batch, stop_batch, stop_card};
pub use transfer::{send_card, take_card_back};
pub use visible::{CardSide, VisibleCard, load_visible};

use crate::WorkflowError;

/// Takes the card that a code opens. It is the caller's from then on, and the code opens nothing any more. Whoever issued a card cannot
/// take it, because nobody else would have agreed to the gift.
pub async fn claim(site: &Services, tx: &mut Tx, caller: &Caller, typed: &str) -> Result<GiftCard, WorkflowError> {
    let code = GiftCode::parse(typed).ok_or(GiftCardsError::CodeOpensNothing)?;
    let opened = commands::lock_by_code(tx, &site.gift_codes, &code).await?;
    if let Some(batch) = opened.card.batch
        && queries::issuer(tx, batch).await? == Some(caller.id)
    {
        return Err(GiftCardsError::OwnBatch.into());
    }
    Ok(commands::claim(tx, &*site.chance, site.clock.now(), opened, caller.id).await?)
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
