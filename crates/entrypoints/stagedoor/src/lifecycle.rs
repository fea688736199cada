//! The ground a server stands on: its database, opened and closed in order; and the signals that end it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use cluster::{Cluster, RunningCluster};
use database::{Database, DatabaseConfig};
use entry::Limits;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// A migrated database, and the private cluster below it if we started one.
pub struct Ground {
    pub database: Database,
    cluster: Option<RunningCluster>,
}

impl Ground {
    /// Starts the private cluster unless another server is named, connects and migrates.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let (url, cluster) = match &config.database_url {
            Some(url) => (url.expose().clone(), None),
            None => {
                let data_dir = config.data_dir.clone();
                let running = tokio::task::spawn_blocking(move || Cluster::start(&data_dir)).await??;
                if let Some(note) = running.note() {
                    println!("{note}");
                }
                (running.url(), Some(running))
            }
        };
        let database = Database::connect(&DatabaseConfig {
            connections_max: config.database_connections,
            ..DatabaseConfig::new(url)
        })
        .await?;
        database::migrations::migrate(&database).await.context("the schema could not be brought up to date")?;
        Ok(Self { database, cluster })
    }

    /// Closes the pool, and stops the cluster if it is ours.
    pub async fn close(self) -> anyhow::Result<()> {
        self.database.pool().close().await;
        if let Some(cluster) = self.cluster {
            tokio::task::spawn_blocking(move || cluster.stop()).await??;
        }
        Ok(())
    }
}

/// Returns when the process is told to stop.
pub async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Forgets idle callers' budgets once a minute.
pub fn spawn_tidier(limits: Arc<Limits>, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        while tokio::time::timeout(Duration::from_secs(60), stop.cancelled()).await.is_err() {
            limits.tidy();
        }
    })
}
