//! Buying gift cards.

pub(crate) mod buy;
pub(crate) mod order;
