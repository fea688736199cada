//! The PostgreSQL that all measured servers share, configured like the program's private cluster.

use std::time::Duration;

use anyhow::Context as _;
use cluster::{Cluster, RunningCluster};
use database::{Database, DatabaseConfig};
use sqlx::AssertSqlSafe;

use crate::BenchStage;

/// A running cluster with one database for each measured server.
#[derive(Debug)]
pub struct SharedPostgres {
    cluster: RunningCluster,
}

impl BenchStage {
    /// Starts the cluster in the scratch folder.
    pub fn open(&self) -> anyhow::Result<SharedPostgres> {
        std::fs::create_dir_all(&self.scratch).with_context(|| format!("cannot make {}", self.scratch.display()))?;
        let cluster = Cluster::start(&self.scratch)?;
        if let Some(note) = cluster.note() {
            println!("{note}");
        }
        Ok(SharedPostgres { cluster })
    }
}

impl SharedPostgres {
    /// Creates an empty database of this name, replacing an old one, and returns its address.
    pub async fn create_database(&self, name: &str) -> anyhow::Result<String> {
        let database = connect(&self.cluster.url()).await?;
        for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
            // Dropping gigabytes takes longer than the pool's statement time-out.
            let mut connection = database.acquire().await?;
            sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
        }
        database.close().await;
        Ok(self.cluster.url_of(name))
    }

    /// Waits until the checkpoint and autovacuum after loading are done, which would slow the server that is measured first.
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

    /// The id of PostgreSQL's main process.
    pub fn process_id(&self) -> anyhow::Result<u32> {
        self.cluster.process_id().context("PostgreSQL does not run any more")
    }

    /// Starts PostgreSQL again if it has died, as the program does with its own.
    pub fn revive(&mut self) -> anyhow::Result<bool> {
        Ok(self.cluster.revive()?)
    }

    /// Stops the cluster.
    pub fn close(mut self) -> anyhow::Result<()> {
        Ok(self.cluster.stop()?)
    }
}

/// A small pool on `url`, whose statements may take minutes.
pub async fn connect(url: &str) -> anyhow::Result<Database> {
    let config = DatabaseConfig { connections_max: 2, silence_max: None, ..DatabaseConfig::new(url) };
    Ok(Database::connect(&config).await?)
}
