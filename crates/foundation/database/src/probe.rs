//! A connection of its own for the question whether the server answers: a busy pool is no reason to say that it does not.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::types::Error;

/// How long the server may take to answer. Half of it is for the connection that is there, which may have gone silent.
const PATIENCE: Duration = Duration::from_secs(1);

/// The connection, opened when it is first needed.
#[derive(Debug)]
pub(crate) struct Probe {
    options: PgConnectOptions,
    connection: Mutex<Option<PgConnection>>,
}

impl Probe {
    pub fn new(options: PgConnectOptions) -> Self {
        Self { options, connection: Mutex::default() }
    }

    /// Succeeds if the server answers in time. One question at a time: those that come meanwhile wait for their turn.
    pub async fn ask(&self) -> Result<(), Error> {
        timeout(PATIENCE, self.ask_for_long()).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    async fn ask_for_long(&self) -> Result<(), Error> {
        let mut kept = self.connection.lock().await;
        // Taken out, so that a connection that did not answer, or whose question was given up, is not asked again.
        if let Some(mut connection) = kept.take()
            && matches!(timeout(PATIENCE / 2, connection.ping()).await, Ok(Ok(())))
        {
            *kept = Some(connection);
            return Ok(());
        }
        let mut connection = self.options.connect().await?;
        connection.ping().await?;
        *kept = Some(connection);
        Ok(())
    }

    pub async fn close(&self) {
        if let Ok(mut kept) = self.connection.try_lock()
            && let Some(connection) = kept.take()
        {
            timeout(PATIENCE, connection.close()).await.ok();
        }
    }
}
