//! Endpoints for machines: `/livez`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::table::operations as table;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Routes, Site};
use http::{StatusCode, header};
use kernel::Causes;
use metrics_exporter_prometheus::PrometheusHandle;

/// Whether the server accepts new traffic. Withdrawn when it begins to stop, so that a load balancer sends no new requests.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Ready.
    pub fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// From now on not ready.
    pub fn withdraw(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

/// The routes for machines.
pub fn routes(routes: Routes, readiness: Readiness, figures: PrometheusHandle) -> Routes {
    routes
        .on(&table::LIVE, || async { "alive\n" })
        .on(&table::READY, move |State(site): State<Site>| ready(site, readiness.clone()))
        .on(&table::METRICS, move |State(site): State<Site>| draw_figures(site, figures.clone()))
}

async fn ready(site: Site, readiness: Readiness) -> Response {
    if !readiness.0.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match tokio::time::timeout(Duration::from_secs(1), site.database.ping()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

async fn note_backlog(site: &Site) -> anyhow::Result<()> {
    let counting = async {
        let mut connection = site.database.acquire().await?;
        anyhow::Ok(
            overviews::backlog::read(&mut connection, site.clock.now(), &workflows::background::known_jobs()).await?,
        )
    };
    let waits = tokio::time::timeout(Duration::from_secs(1), counting).await??;
    for (name, count) in [
        ("stagedoor_facts_unread", waits.facts_unread),
        ("stagedoor_facts_oldest_seconds", waits.oldest_fact_s),
        ("stagedoor_facts_parked", waits.facts_parked),
        ("stagedoor_jobs_due", waits.jobs_due),
        ("stagedoor_jobs_unknown", waits.jobs_unknown),
        ("stagedoor_jobs_dead", waits.jobs_dead),
        ("stagedoor_deadlines_overdue", waits.deadlines_overdue),
    ] {
        metrics::gauge!(name).set(count as f64);
    }
    Ok(())
}

async fn draw_figures(site: Site, figures: PrometheusHandle) -> Response {
    let pool = site.database.pool();
    metrics::gauge!("stagedoor_pool_connections").set(f64::from(pool.size()));
    metrics::gauge!("stagedoor_pool_idle").set(f64::from(u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)));
    // Metrics of the process matter most when the database is down, so they are served without those from the database.
    if let Err(error) = note_backlog(&site).await {
        tracing::warn!(error = %Causes(&*error), "what waits could not be counted");
    }
    figures.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.render()).into_response()
}
