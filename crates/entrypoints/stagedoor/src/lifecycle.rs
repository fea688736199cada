//! The ground a server stands on: its database, opened and closed in order; and the signals that end it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use cluster::{Cluster, RunningCluster};
use database::{Database, DatabaseConfig};
use kernel::Secret;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::site::Parts;

/// A migrated database, and the private cluster below it if we started one.
pub struct Ground {
    pub database: Database,
    url: Secret<String>,
    cluster: Option<Arc<Mutex<RunningCluster>>>,
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
                (running.url(), Some(Arc::new(Mutex::new(running))))
            }
        };
        let database = Database::connect(&DatabaseConfig {
            connections_max: config.database_connections,
            ..DatabaseConfig::new(url.clone())
        })
        .await?;
        let ground = Self { database, url: Secret::new(url), cluster };
        match bring_up_to_date(&ground.database).await {
            Ok(()) => Ok(ground),
            Err(error) => ground.close_after(Err(error)).await,
        }
    }

    /// The address of the database, for PostgreSQL's own tools.
    pub fn url(&self) -> &str {
        self.url.expose()
    }

    /// PostgreSQL's program `name`: of the private cluster's version, else of the newest that is installed.
    pub fn postgres_program(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(match &self.cluster {
            Some(cluster) => held(cluster).program(name),
            None => cluster::program(name)?,
        })
    }

    /// Closes everything after some work; a failure that a full disk explains says so.
    pub async fn close_after<T>(self, outcome: anyhow::Result<T>) -> anyhow::Result<T> {
        let outcome = outcome.map_err(|error| {
            let full = self.cluster.as_deref().and_then(|cluster| held(cluster).disk_full());
            full.map_or(error, anyhow::Error::from)
        });
        let closed = self.close().await;
        let done = outcome?;
        closed.map(|()| done)
    }

    /// Closes the connections, and stops the cluster if it is ours.
    async fn close(self) -> anyhow::Result<()> {
        self.database.close().await;
        if let Some(cluster) = self.cluster {
            tokio::task::spawn_blocking(move || held(&cluster).stop()).await??;
        }
        Ok(())
    }
}

/// Migrates, and makes a log that was written on another server readable here, before anybody writes to it.
async fn bring_up_to_date(database: &Database) -> anyhow::Result<()> {
    database::migrations::migrate(database).await.context("the schema could not be brought up to date")?;
    database::facts::settle_after_move(database).await.context("the log of facts could not be taken over")
}

fn held(cluster: &Mutex<RunningCluster>) -> MutexGuard<'_, RunningCluster> {
    // Whoever panicked left it as it was.
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks after the private cluster, if there is one: a server that died is started again.
pub fn spawn_keeper(ground: &Ground, stop: CancellationToken) -> JoinHandle<()> {
    let cluster = ground.cluster.clone();
    spawn_every(Duration::from_secs(1), stop, move || {
        let Some(cluster) = cluster.clone() else { return };
        tokio::task::spawn_blocking(move || {
            // Whoever holds it is starting or stopping it.
            let Ok(mut cluster) = cluster.try_lock() else { return };
            match cluster.revive() {
                Ok(false) => {}
                Ok(true) => tracing::warn!("the private PostgreSQL had died and was started again"),
                Err(error) => tracing::error!(%error, "the private PostgreSQL has died and cannot be started"),
            }
        });
    })
}

/// The wish to stop: Ctrl-C, a supervisor's signal, or the terminal closing. Listening begins before anything is started,
/// so that no signal leaves a cluster behind.
pub struct Stop {
    signals: [Signal; 3],
}

impl Stop {
    /// From now on these signals no longer end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let [interrupt, terminate, hangup] = signals;
        Ok(Self { signals: [interrupt?, terminate?, hangup?] })
    }

    /// Returns when the process is told to stop.
    pub async fn wait(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    /// What `work` comes to, or nothing when the process is told to stop first.
    pub async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.wait() => None,
            done = work => Some(done),
        }
    }
}

/// Gives back once a minute what nobody needs any more: idle callers' budgets, and what the services kept.
pub fn spawn_tidier(parts: &Parts, stop: CancellationToken) -> JoinHandle<()> {
    let (limits, site) = (parts.limits.clone(), parts.site.clone());
    spawn_every(Duration::from_secs(60), stop, move || {
        limits.tidy();
        let site = site.clone();
        tokio::spawn(async move { site.tidy().await });
    })
}

/// Sums up what was measured, which is kept one by one until then, whether or not anybody asks for `/metrics`.
pub fn spawn_upkeep(figures: PrometheusHandle, stop: CancellationToken) -> JoinHandle<()> {
    spawn_every(Duration::from_secs(2), stop, move || figures.run_upkeep())
}

fn spawn_every(period: Duration, stop: CancellationToken, work: impl Fn() + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move {
        while tokio::time::timeout(period, stop.cancelled()).await.is_err() {
            work();
        }
    })
}
