//! Cards: the trait, and the sandbox provider, a product feature with its own name that takes no real money.

pub mod bulk;
mod provider;
mod sandbox;

pub use provider::{CardInput, CardPayment, CardProvider, CardState, CardsError, ChargeRequest};
pub use sandbox::{SandboxCards, TEST_CARDS, TestCard};
