//! What runs beside a server at fixed intervals: the private cluster is kept alive, memory is freed, figures are summed up.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::lifecycle::Ground;
use crate::site::ServerParts;

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

/// Gives back once a minute what nobody needs any more: idle callers' budgets, and what the services kept.
pub fn spawn_tidier(parts: &ServerParts, stop: CancellationToken) -> JoinHandle<()> {
    let (throttle, site) = (parts.throttle.clone(), parts.site.clone());
    spawn_every(Duration::from_secs(60), stop, move || {
        throttle.tidy();
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
