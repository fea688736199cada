//! Paying and paying back: our rows first, then the provider, then its answer. No transaction is open while the provider thinks.

mod pay;
mod provider;
mod refund;
mod sight;

pub use cards::TestCard;
pub use pay::{PayCard, answer_challenge, pay, see_challenge, test_cards};
pub use provider::refresh;
pub(crate) use provider::{ASK_PROVIDER, GIVE_UP, GiveUp, ask_provider, close_unpaid, give_up, give_up_later};
pub(crate) use refund::{PAY_BACK, owe_refund, pay_back};
pub use sight::see;
