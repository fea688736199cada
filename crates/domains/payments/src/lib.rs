//! Intents and their legs, refunds, and the double-entry ledger behind them.

pub mod bulk;
