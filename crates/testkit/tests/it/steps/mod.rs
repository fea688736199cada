//! What tests have their people do: the words that they are written in.

pub mod authenticator;
pub mod chargebacks;
pub mod device;
pub mod elsewhere;
pub mod gifts;
pub mod guests;
pub mod journey;
pub mod keys;
pub mod log;
pub mod newcomer;
pub mod objects;
pub mod order;
pub mod passkeys;
pub mod passwords;
pub mod refund_requests;
pub mod statements;
