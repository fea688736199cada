//! The PostgreSQL that everything measured shares, set up as the program sets up its own.

use std::time::Duration;

use anyhow::Context as _;
use cluster::{Cluster, RunningCluster};
use database::{Database, DatabaseConfig};
use sqlx::AssertSqlSafe;

use crate::Stage;

/// A running cluster with a database for each server under measurement.
#[derive(Debug)]
pub struct Ground {
    cluster: RunningCluster,
}

impl Stage {
    /// Starts the cluster in the scratch folder.
    pub fn open(&self) -> anyhow::Result<Ground> {
        std::fs::create_dir_all(&self.scratch).with_context(|| format!("cannot make {}", self.scratch.display()))?;
        let cluster = Cluster::start(&self.scratch)?;
        if let Some(note) = cluster.note() {
            println!("{note}");
        }
        Ok(Ground { cluster })
    }
}

impl Ground {
    /// A fresh database of this name, and its address. What it held before is gone.
    pub async fn create_database(&self, name: &str) -> anyhow::Result<String> {
        let database = connect(&self.cluster.url()).await?;
        for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
            // Dropping gigabytes takes longer than a request may.
            let mut connection = database.acquire().await?;
            sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
        }
        database.close().await;
        Ok(self.cluster.url_of(name))
    }

    /// Waits until PostgreSQL has tidied up after what was loaded, which would slow whoever is measured first.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let database = connect(&self.cluster.url()).await?;
        let mut connection = database.acquire().await?;
        sqlx::raw_sql("SET statement_timeout = 0; CHECKPOINT").execute(&mut *connection).await?;
        loop {
            let busy = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'";
            let busy: i64 = sqlx::query_scalar(busy).fetch_one(&mut *connection).await?;
            if busy == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        drop(connection);
        database.close().await;
        Ok(())
    }

    /// The process that all of PostgreSQL's other processes belong to.
    pub fn process_id(&self) -> anyhow::Result<u32> {
        self.cluster.process_id().context("PostgreSQL does not run any more")
    }

    /// Stops the cluster.
    pub fn close(mut self) -> anyhow::Result<()> {
        Ok(self.cluster.stop()?)
    }
}

/// A small pool on `url`.
pub async fn connect(url: &str) -> anyhow::Result<Database> {
    Ok(Database::connect(&DatabaseConfig { connections_max: 2, ..DatabaseConfig::new(url) }).await?)
}
