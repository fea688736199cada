//! PostgreSQL: the pool, transactions, group commit, facts, kept answers, migrations, and the private cluster.

pub mod bulk;
pub mod clock;
mod config;
mod connect;
pub mod facts;
mod failure;
pub mod group_commit;
pub mod idempotency;
pub mod installation;
pub mod migrations;
mod pool;
mod probe;
mod reserve;
pub mod serving_role;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod types;

pub use ::cluster;
pub use config::{COMMAND, DatabaseConfig, SERVING};
pub use connect::{ConnectError, Database};
pub use failure::{is_connection_lost, is_lock_timeout};
pub use pool::{Pool, PooledConnection};
pub use reserve::with_reserve;
pub use transport::Transport;
pub use types::{Connection, Error, Tx};
