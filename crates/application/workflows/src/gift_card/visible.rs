//! Who may see a gift card: whoever has it, whoever bought it until it is claimed, and staff. For everybody else it counts as missing.

use accounts::Caller;
use database::Connection;
use gift_cards::{GiftCardsError, SeenCard, queries};
use kernel::{GiftCardId, Role};

use crate::WorkflowError;

/// On which side of a card somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardSide {
    Holder,
    Buyer,
    Staff,
}

/// A card and the caller's side.
#[derive(Debug, Clone)]
pub struct VisibleCard {
    pub seen: SeenCard,
    pub side: CardSide,
}

/// The card, if the caller is on one of its sides.
pub async fn load_visible(
    connection: &mut Connection,
    caller: &Caller,
    id: GiftCardId,
) -> Result<VisibleCard, WorkflowError> {
    let seen = queries::card(connection, id).await?;
    let side = if seen.card.holder == Some(caller.id) {
        CardSide::Holder
    } else if seen.card.buyer == Some(caller.id) && seen.card.holder.is_none() {
        CardSide::Buyer
    } else if caller.is(Role::Support) || caller.is(Role::Admin) {
        CardSide::Staff
    } else {
        return Err(GiftCardsError::NotFound.into());
    };
    Ok(VisibleCard { seen, side })
}
