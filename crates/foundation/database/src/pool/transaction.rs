//! A transaction on a connection of the pool.

use std::ops::{Deref, DerefMut};

use sqlx::Error;

use super::{Connection, Pool, PooledConnection};
use crate::failure::has_ended;

/// One transaction. Begin and commit in the same function; dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    connection: PooledConnection,
    is_open: bool,
}

impl Pool {
    /// Begins a transaction. If that fails because the connection had ended while it was idle, as all of them do when the server restarts,
    /// it is safe to try again on another one: nothing was done yet.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let mut connection = self.acquire().await?;
        if let Err(error) = connection.begin().await {
            if !has_ended(&error) {
                return Err(error);
            }
            // Giving a broken connection back closes all idle ones too, so the next one is new.
            drop(connection);
            connection = self.acquire().await?;
            connection.begin().await?;
        }
        Ok(Tx { connection, is_open: true })
    }
}

impl Tx {
    /// Makes what was written durable. If the connection is lost meanwhile, nobody knows whether it is.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.connection.commit().await?;
        self.is_open = false;
        Ok(())
    }

    /// Undoes what was written.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.connection.roll_back().await?;
        self.is_open = false;
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.roll_back_later();
        }
    }
}
