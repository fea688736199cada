//! Card payments: the trait of providers, and the sandbox provider, a product feature that takes no real money.

pub mod bulk;
mod provider;
mod sandbox;

pub use provider::{Capture, CardDispute, CardInput, CardPayment, CardProvider, CardState, CardsError, ChargeRequest};
pub use sandbox::{ChallengeAddress, SandboxCards, TEST_CARDS, TestCard};
