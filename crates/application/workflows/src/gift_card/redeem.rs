//! Turning the value of a card into credit.

use accounts::Caller;
use database::Tx;
use gift_cards::{CardCommand, GiftCard, GiftCardsError, commands};
use kernel::{Actor, GiftCardId, Money};
use site::Services;

use super::carry_out;
use crate::WorkflowError;

/// Turns `amount` of the caller's card into their credit. Other people's cards count as missing.
pub async fn redeem(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: GiftCardId,
    amount_minor: i64,
) -> Result<GiftCard, WorkflowError> {
    let mut card = commands::lock(tx, id).await?;
    if card.holder != Some(caller.id) {
        return Err(GiftCardsError::NotFound.into());
    }
    let amount = Money::new(amount_minor, card.balance.currency);
    let command = CardCommand::Redeem { id: site.chance.uuid(site.clock.now()), amount };
    carry_out(site, tx, &mut card, command, Actor::customer(caller.id), None).await?;
    Ok(card)
}
