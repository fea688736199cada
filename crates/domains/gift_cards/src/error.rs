//! The errors of this domain, in business terms.

use kernel::{Fault, FaultKind, FieldFault, Money};
use ledger::LedgerError;

/// Why something about a gift card was refused.
#[derive(Debug, thiserror::Error)]
pub enum GiftCardsError {
    #[error("There is no such gift card.")]
    NotFound,
    /// The same for codes that never were, that others have, that are empty and that have expired, so that nobody learns which.
    #[error(
        "This code opens no gift card. Look for mistyped letters; a code works once, and somebody may have claimed it."
    )]
    CodeOpensNothing,
    #[error("This card has {left} left, and {asked} was asked for. Use at most what is left.")]
    NotEnough { asked: Money, left: Money },
    #[error("Your credit is {left}, and {asked} was asked for. Use at most what is left.")]
    NotEnoughCredit { asked: Money, left: Money },
    #[error("Name an amount of at least the smallest unit of the card's currency, {currency}.")]
    Amount { currency: kernel::Currency },
    #[error("This card is stopped for now. Ask us why.")]
    Frozen,
    #[error("The last day of this card is over.")]
    Expired,
    #[error("This card is on its way to somebody. Take it back first.")]
    Offered,
    #[error("This card is not on its way to anybody: it was not sent, or whoever it was sent to has claimed it.")]
    NotOffered,
    #[error(
        "{held} of this card is set aside for a payment that is under way. Wait until that ends, or cancel it, then send the card."
    )]
    PartlyHeld { held: Money },
    #[error("Nothing is left on this card.")]
    Empty,
    #[error("You have sent as many cards as one person may in a day. Try again later.")]
    TooManyTransfers { wait_s: u64 },
    #[error("This card has been replaced or taken back, and holds nothing.")]
    Void,
    #[error("This card cannot be given to somebody else.")]
    NotTransferable,
    #[error("The value of this card pays for bookings and cannot become credit.")]
    NoCredit,
    #[error("You issued this card, so somebody else has to claim it.")]
    OwnBatch,
    #[error("This is about a card of your own, so somebody else has to let it go on.")]
    OwnCase,
    #[error("This was done already.")]
    Done,
    #[error(
        "A batch of this name has been issued. If its codes were lost, freeze its cards; choose another name for new ones."
    )]
    BatchNameTaken,
    #[error(
        "This card is claimed or used, or not paid for, and cannot be returned. Ask us if something is wrong with it."
    )]
    NotReturnable,
    #[error("Gift cards are not sold in {currency}.")]
    NotSold { currency: kernel::Currency },
    #[error(
        "{max} gift cards of yours wait for your payment, and more may not wait. Pay for one, or wait half an hour."
    )]
    TooManyUnpaid { max: i64 },
    #[error("This is not a place in this list. Begin again without a cursor.")]
    BadCursor,
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("the books could not be written")]
    Ledger(#[from] LedgerError),
    #[error("the tables of gift cards could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for GiftCardsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound | Self::CodeOpensNothing => FaultKind::NotFound,
            Self::Amount { .. } | Self::BadCursor | Self::Fields(_) => FaultKind::Invalid,
            Self::TooManyTransfers { .. } => FaultKind::TooMany,
            Self::NotEnough { .. }
            | Self::NotEnoughCredit { .. }
            | Self::Frozen
            | Self::Expired
            | Self::Offered
            | Self::NotOffered
            | Self::PartlyHeld { .. }
            | Self::Empty
            | Self::Void
            | Self::NotTransferable
            | Self::NoCredit
            | Self::OwnBatch
            | Self::OwnCase
            | Self::BatchNameTaken
            | Self::NotReturnable
            | Self::NotSold { .. }
            | Self::TooManyUnpaid { .. }
            | Self::Done => FaultKind::Conflict,
            Self::Ledger(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::CodeOpensNothing => "code_opens_nothing",
            Self::NotEnough { .. } | Self::NotEnoughCredit { .. } => "not_enough",
            Self::Amount { .. } => "invalid_amount",
            Self::Frozen => "card_frozen",
            Self::Expired => "card_expired",
            Self::Offered => "card_offered",
            Self::NotOffered => "card_not_offered",
            Self::PartlyHeld { .. } => "card_partly_held",
            Self::Empty => "card_empty",
            Self::TooManyTransfers { .. } => "too_many_transfers",
            Self::BadCursor => "bad_cursor",
            Self::Void => "card_void",
            Self::NotTransferable => "not_transferable",
            Self::NoCredit => "not_redeemable",
            Self::OwnBatch => "own_batch",
            Self::OwnCase => "own_case",
            Self::Done => "already_done",
            Self::BatchNameTaken => "batch_name_taken",
            Self::NotReturnable => "not_returnable",
            Self::NotSold { .. } => "not_sold",
            Self::TooManyUnpaid { .. } => "too_many_unpaid",
            Self::Fields(_) => "invalid_fields",
            Self::Ledger(error) => error.code(),
            Self::Database(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Fields(faults) => faults.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooManyTransfers { wait_s } => Some(*wait_s),
            _ => None,
        }
    }
}
