//! PostgreSQL: the pool, transactions, group commit, facts, kept answers, migrations, and the private cluster.

pub mod bulk;
mod config;
mod connect;
pub mod facts;
mod failure;
pub mod group_commit;
pub mod idempotency;
pub mod installation;
pub mod migrations;
mod probe;
mod reserve;
mod surplus;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod types;

pub use ::cluster;
pub use config::DatabaseConfig;
pub use connect::{ConnectError, Database};
pub use failure::{is_connection_lost, is_lock_timeout};
pub use reserve::with_reserve;
pub use transport::Transport;
pub use types::{Connection, Error, Tx};
