//! The periodic tasks of a server: watching the private cluster, freeing memory, aggregating metrics.

use std::time::Duration;

use kernel::Causes;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::lifecycle::Ground;
use crate::machine::Readiness;
use crate::site::ServerParts;

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
                Err(error) => tracing::error!(%error, "the private PostgreSQL could not be looked after"),
            }
        });
    })
}

/// Asks the database every second whether it answers, for `/readyz`: whoever asks for that costs no statement.
pub fn spawn_probe(ground: &Ground, readiness: Readiness, stop: CancellationToken) -> JoinHandle<()> {
    let database = ground.database.clone();
    tokio::spawn(async move {
        while tokio::time::timeout(Duration::from_secs(1), stop.cancelled()).await.is_err() {
            let asked = database.ping().await;
            if readiness.note_database(asked.is_ok()) {
                match asked {
                    Ok(()) => tracing::info!("the database answers again"),
                    Err(error) => tracing::warn!(error = %Causes(&error), "the database does not answer"),
                }
            }
        }
    })
}

/// Frees memory once a minute: rate limits of idle callers, and expired cache entries of the services.
pub fn spawn_tidier(parts: &ServerParts, stop: CancellationToken) -> JoinHandle<()> {
    let (throttle, site) = (parts.throttle.clone(), parts.site.clone());
    spawn_every(Duration::from_secs(60), stop, move || {
        throttle.tidy();
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
