//! Opens and closes the database in order, and listens for the signals that stop the program.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use cluster::{Cluster, RunningCluster};
use database::{COMMAND, ConnectError, Database, DatabaseConfig, SERVING, Tx, installation};
use kernel::Secret;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Config;
use crate::console;

/// How long a PostgreSQL that was told to end may wait for the programs that still use it, which take half a minute to stop at most.
const ENDING_MAX: Duration = Duration::from_secs(40);

/// The database, and the private cluster if there is one.
pub struct Ground {
    pub database: Database,
    url: Secret<String>,
    pub(crate) cluster: Option<Arc<Mutex<RunningCluster>>>,
}

impl Ground {
    /// Reaches the database and migrates.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let ground = Self::reach_as(config, SERVING).await?;
        match bring_up_to_date(&ground.database, config.facts_kept_days).await {
            Ok(()) => Ok(ground),
            Err(error) => ground.close_after(Err(error)).await,
        }
    }

    /// Reaches the database for a server, which migrates unless that is left to `stagedoor migrate`.
    pub async fn open_to_serve(config: &Config) -> anyhow::Result<Self> {
        if config.serve_migrates {
            return Self::open(config).await;
        }
        let ground = Self::reach_as(config, SERVING).await?;
        match check_and_settle(&ground.database).await {
            Ok(()) => Ok(ground),
            Err(error) => ground.close_after(Err(error)).await,
        }
    }

    /// Reaches the database and sees that this program can work on its schema, which stays as it is: for commands on a site that may be
    /// in use.
    pub async fn visit(config: &Config) -> anyhow::Result<Self> {
        let ground = Self::reach(config).await?;
        match check_schema(&ground.database).await {
            Ok(()) => Ok(ground),
            Err(error) => ground.close_after(Err(error)).await,
        }
    }

    /// Reaches the database, for a command. The schema may be any, or none.
    pub async fn reach(config: &Config) -> anyhow::Result<Self> {
        Self::reach_as(config, COMMAND).await
    }

    /// Starts the private cluster unless another server is configured, and connects under a name that the server shows to others.
    async fn reach_as(config: &Config, application: &'static str) -> anyhow::Result<Self> {
        let (url, cluster) = match &config.database_url {
            Some(url) => (url.expose().clone(), None),
            None => {
                let data_dir = config.data_dir.clone();
                let running = tokio::task::spawn_blocking(move || Cluster::start(&data_dir)).await??;
                if let Some(note) = running.note() {
                    console::say(note);
                }
                (running.url(), Some(Arc::new(Mutex::new(running))))
            }
        };
        let options = DatabaseConfig {
            connections_max: config.database_connections,
            application,
            ..DatabaseConfig::new(url.clone())
        };
        let database = connect(&options, cluster.as_ref()).await?;
        Ok(Self { database, url: Secret::new(url), cluster })
    }

    /// Fails while a server works on the database, for commands that would break what it is doing.
    pub async fn refuse_beside_servers(&self) -> anyhow::Result<()> {
        let serving = self.database.serving_connections().await?;
        ensure!(serving == 0, "a server works on this database ({serving} connections); stop it first");
        Ok(())
    }

    /// The same for a command that commits `tx`: a server that has begun since is seen, and one that begins later waits until it is over.
    pub async fn refuse_beside_servers_until_commit(&self, tx: &mut Tx) -> anyhow::Result<()> {
        self.refuse_beside_servers().await?;
        installation::hold(tx).await?;
        self.refuse_beside_servers().await
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

/// Connects. The private PostgreSQL may have been told to end just when we joined it, with the program that used it before: it is then
/// started again.
async fn connect(options: &DatabaseConfig, cluster: Option<&Arc<Mutex<RunningCluster>>>) -> anyhow::Result<Database> {
    let began = Instant::now();
    loop {
        match (Database::connect(options).await, cluster) {
            (Err(ConnectError::Unreachable { .. }), Some(cluster)) if began.elapsed() < ENDING_MAX => {
                let cluster = Arc::clone(cluster);
                tokio::task::spawn_blocking(move || held(&cluster).revive()).await??;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            (connected, _) => return Ok(connected?),
        }
    }
}

async fn check_schema(database: &Database) -> anyhow::Result<()> {
    Ok(database::migrations::check(&mut *database.acquire().await?).await?)
}

/// Migrates, and makes the log of facts readable here. Whoever may migrate also says how long facts are kept.
async fn bring_up_to_date(database: &Database, facts_kept_days: u32) -> anyhow::Result<()> {
    database::migrations::migrate(database).await.context("the schema could not be brought up to date")?;
    database::facts::keep_for(database, facts_kept_days)
        .await
        .context("how long facts are kept could not be stored; see what PostgreSQL says, and start again")?;
    settle_facts(database).await
}

async fn check_and_settle(database: &Database) -> anyhow::Result<()> {
    check_schema(database).await?;
    settle_facts(database).await
}

/// Makes a log that was written on another server readable here, before anybody writes to it.
async fn settle_facts(database: &Database) -> anyhow::Result<()> {
    database::facts::settle_after_move(database)
        .await
        .context("the log of facts could not be taken over; see what PostgreSQL says, and start again")
}

fn held(cluster: &Mutex<RunningCluster>) -> MutexGuard<'_, RunningCluster> {
    // A panic while the lock was held cannot leave the cluster half-changed, so a poisoned lock is still usable.
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
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
