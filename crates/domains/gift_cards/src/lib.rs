//! Stored value: gift cards of every kind, their codes and histories, and credit.

pub mod awards;
mod batch;
pub mod bulk;
mod card;
mod changes;
mod code;
pub mod commands;
pub mod credit;
mod decide;
mod entry;
mod error;
mod given_credit;
pub mod loyalty;
mod new_card;
mod order;
pub mod orders;
pub mod queries;
mod store;
pub mod templates;
mod transfer;

pub use batch::{BATCH_CARDS_MAX, NewBatch};
pub use card::{CardDesign, CardKind, CardState, GiftCard, LastDay, WayBack};
pub use changes::CardChanges;
pub use code::{CodeHash, GiftCode};
pub use commands::IssuedCard;
pub use credit::{CreditCommand, DoubtfulCredit};
pub use decide::{CardChange, CardCommand, decide};
pub use entry::{CardEntry, EntryKind, WHY_CHARGED_BACK, WHY_REISSUED, WHY_RESTORED};
pub use error::GiftCardsError;
pub use new_card::NewCard;
pub use order::{GiftCardOrder, GiftRecipient, NewOrder, OrderStanding, OrderState, SaleRules, reclaim};
pub use queries::{BoughtCard, BuyerWords, SeenCard};
pub use transfer::{CardTransfer, MESSAGE_CHARACTERS_MAX, NewTransfer, TransferState, check_message};
