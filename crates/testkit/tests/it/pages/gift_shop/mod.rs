//! Buying gift cards on pages.

mod buy;
mod order;
