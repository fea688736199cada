//! Opens and closes the database in order, listens for the signals that stop the program, and runs its periodic tasks.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use cluster::{Cluster, RunningCluster};
use database::{Database, DatabaseConfig};
use entry::{Limits, Site};
use kernel::Secret;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// The migrated database, and the private cluster if there is one.
pub struct Ground {
    pub database: Database,
    url: Secret<String>,
    cluster: Option<Arc<Mutex<RunningCluster>>>,
}

impl Ground {
    /// Starts the private cluster unless another server is configured, connects, and migrates.
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
        let migrated = database::migrations::migrate(&ground.database).await;
        match migrated.context("the schema could not be brought up to date") {
            Ok(()) => Ok(ground),
            Err(error) => ground.close_after(Err(error)).await,
        }
    }

    /// The address of the database, for `pg_dump` and `pg_restore`.
    pub fn url(&self) -> &str {
        self.url.expose()
    }

    /// PostgreSQL's program `name`, in the private cluster's version, or else in the newest installed one.
    pub fn postgres_program(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(match &self.cluster {
            Some(cluster) => held(cluster).program(name),
            None => cluster::program(name)?,
        })
    }

    /// Closes everything and returns `outcome`. If the private cluster has reported a full disk, a failure becomes that error.
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

fn held(cluster: &Mutex<RunningCluster>) -> MutexGuard<'_, RunningCluster> {
    // A panic while the lock was held cannot leave the cluster half-changed, so a poisoned lock is still usable.
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches the private cluster, if there is one, and starts its server again when it has died.
pub fn spawn_keeper(ground: &Ground, stop: CancellationToken) -> JoinHandle<()> {
    let cluster = ground.cluster.clone();
    spawn_every(Duration::from_secs(1), stop, move || {
        let Some(cluster) = cluster.clone() else { return };
        // On a blocking thread, because starting a server takes seconds.
        tokio::task::spawn_blocking(move || {
            // If the lock is held, an earlier check is still starting the server, or the program is stopping it. Waiting checks would
            // only occupy one blocking thread more each second.
            let Ok(mut cluster) = cluster.try_lock() else { return };
            match cluster.revive() {
                Ok(false) => {}
                Ok(true) => tracing::warn!("the private PostgreSQL had died and was started again"),
                Err(error) => tracing::error!(%error, "the private PostgreSQL has died and cannot be started"),
            }
        });
    })
}

/// The signals that stop the program: Ctrl-C, a supervisor's SIGTERM, or the terminal closing. Listening begins before anything is
/// started, so that no signal ends the process without stopping the cluster.
pub struct Stop {
    signals: [Signal; 3],
}

impl Stop {
    /// Begins to listen. From now on these signals no longer end the process by themselves.
    pub fn listen() -> anyhow::Result<Self> {
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let [interrupt, terminate, hangup] = signals;
        Ok(Self { signals: [interrupt?, terminate?, hangup?] })
    }

    /// Returns when a signal arrives.
    pub async fn wait(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    /// The result of `work`, or `None` if a signal arrives first; `work` is then dropped.
    pub async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.wait() => None,
            done = work => Some(done),
        }
    }
}

/// Frees memory once a minute: rate limits of idle callers, and expired cache entries of the services.
pub fn spawn_tidier(limits: Arc<Limits>, site: Site, stop: CancellationToken) -> JoinHandle<()> {
    spawn_every(Duration::from_secs(60), stop, move || {
        limits.tidy();
        let site = site.clone();
        tokio::spawn(async move { site.tidy().await });
    })
}

/// Aggregates recorded samples every two seconds. Without it they would pile up in memory until somebody reads `/metrics`.
pub fn spawn_upkeep(figures: PrometheusHandle, stop: CancellationToken) -> JoinHandle<()> {
    spawn_every(Duration::from_secs(2), stop, move || figures.run_upkeep())
}

/// Runs `work` every `period` until `stop`. `work` must return quickly; it spawns whatever takes longer.
fn spawn_every(period: Duration, stop: CancellationToken, work: impl Fn() + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move {
        while tokio::time::timeout(period, stop.cancelled()).await.is_err() {
            work();
        }
    })
}
